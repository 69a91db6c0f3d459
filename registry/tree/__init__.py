"""The tree over the log's commitments and what is signed about it; knows neither database nor web."""
