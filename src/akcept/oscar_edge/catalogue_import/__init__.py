"""Products from a CSV file: read and judged as a whole first, then written in bulk, all or nothing."""
