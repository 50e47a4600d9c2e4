"""The lab's AWS provider plugin: the resource types that the components use, over boto3, against the embedded cloud."""
