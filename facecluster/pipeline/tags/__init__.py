"""Names that go to where other photo software reads them, and come from where they already are."""
