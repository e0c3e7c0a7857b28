"""YAML files to the model; nothing else knows YAML."""
