"""Finding documents: lexical and dense evidence, fused; in memory."""
