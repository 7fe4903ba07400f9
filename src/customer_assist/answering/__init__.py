"""From hits to an answer: whether to answer, in which words, and whether they hold."""
