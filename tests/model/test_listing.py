"""The page of what is modelled."""

from clover.model.listing import PAGE, page


def test_the_page_is_what_the_tables_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m clover.model.listing"


def test_the_page_names_relays_copies_and_doors() -> None:
    text = page()
    assert "aws:s3/bucketReplicationConfig:BucketReplicationConfig" in text
    assert "aws:ssm/document:Document" in text
    assert "aws:ec2/vpcPeeringConnection:VpcPeeringConnection" in text
    assert "azure-native:storage:ObjectReplicationPolicy" in text
    assert "azure-native:resources:AzureCliScript" in text
