"""`make oscar-suite`: Oscar's own tests with Akcept installed; each that does not pass is meant, and listed."""
