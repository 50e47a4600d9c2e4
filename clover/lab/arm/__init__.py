"""The lab's Azure Resource Manager: an emulator in memory that the official clients and azure-native can drive."""
