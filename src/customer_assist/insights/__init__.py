"""What the journal tells: outcomes, cost, what is missing. Reads, and changes nothing."""
