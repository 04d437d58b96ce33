"""The parts of the door to AWS: what each promises, and boto3's clients keeping it."""
