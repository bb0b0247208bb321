"""The WeChat Official Account (service account) channel: callback, client, menu, pages. See README.md beside this file."""
