"""An open library under review: what is asked, listed, shown, and kept up to date meanwhile."""
