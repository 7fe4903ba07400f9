"""PostgreSQL: the embedded server, migrations, the journal, documents, vectors, budget and replies."""
