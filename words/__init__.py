"""Every sentence and button, in every language of the product."""
