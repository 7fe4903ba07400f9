"""What is done to text by itself: placeholders, what a customer said, personal data, sentences, steps."""
