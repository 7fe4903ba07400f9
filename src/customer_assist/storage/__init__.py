"""PostgreSQL: the embedded server, migrations, and a store for each thing that is kept."""
