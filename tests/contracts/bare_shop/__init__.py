"""A plain Oscar shop, as Oscar's own guide sets one up, with Akcept installed the way docs/extend/install.md says."""
