"""What the assistant shows of its work to those who run it: metrics, and a line in the log for each turn."""
