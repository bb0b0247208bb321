"""A stand-in for the WeChat Official Account platform and its followers' phones. Imports nothing of ours, on purpose."""
