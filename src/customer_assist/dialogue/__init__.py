"""What makes separate questions a conversation."""
