"""Townships and districts: the tenants of the deployment."""
