"""Model packs: a detector, an alignment and an embedder that belong together."""
