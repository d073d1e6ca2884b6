"""The merchant's business customers: organisation, unit tree, members with their permissions, invitations."""
