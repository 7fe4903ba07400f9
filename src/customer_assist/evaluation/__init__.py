"""Measuring the same parts that serve: judgments in, measures with intervals out."""
