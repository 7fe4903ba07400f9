"""A self-hosted support assistant that answers from a business's own knowledge."""
