"""What a lesson's page shows beside the stage, each in the module of its lesson's key."""
