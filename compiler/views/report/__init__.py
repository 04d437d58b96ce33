"""Plans of an environment, their pictures, costs and waivers -> one HTML page that needs nothing else."""
