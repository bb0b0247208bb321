"""The pages families read: the chat and the policies. They read the catalogue and change nothing."""
