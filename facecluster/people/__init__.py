"""Groups to names: what people decided, who is who by it, and whom else it names. Tables and arrays in and out."""
