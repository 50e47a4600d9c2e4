import json
def go(engine,t,n,i):
    r=engine.create(t,n,i)
    f=engine.refresh(r)
    ok = f==r
    print(t, r.id, ok)
    if not ok:
        for part in ("inputs","outputs"):
            a,b=getattr(r,part),getattr(f,part)
            for k in set(a)|set(b):
                if a.get(k)!=b.get(k): print("    DIFF",part,k,a.get(k),"->",b.get(k))
    p=engine.plan(r,i)
    if p.changes: print("   PLAN", p.changes, p.detailed)
    m=engine.import_(t,r.id)
    if m is None: print("   IMPORT NONE"); return r
    d={k:v for k,v in m.inputs.items() if v!=r.inputs.get(k) and k!="__defaults"}; e={k:v for k,v in r.inputs.items() if k not in m.inputs and k not in r.inputs["__defaults"]}
    if d or e: print("   import differs", d, "lacks", e)
    return r
def test_y(engine, aws, account):
    g=lambda t,n,**i: go(engine,"aws:"+t,n,i)
    v=g("ec2/vpc:Vpc","v",cidrBlock="10.0.0.0/16",enableDnsHostnames=True,tags={"Name":"v"})
    s=g("ec2/subnet:Subnet","s",vpcId=v.id,cidrBlock="10.0.0.0/24",availabilityZone="eu-west-1a")
    s2=g("ec2/subnet:Subnet","s2",vpcId=v.id,cidrBlock="10.0.1.0/24",availabilityZone="eu-west-1b")
    igw=g("ec2/internetGateway:InternetGateway","i",vpcId=v.id)
    eip=g("ec2/eip:Eip","e",domain="vpc")
    nat=g("ec2/natGateway:NatGateway","n",subnetId=s.id,allocationId=eip.id)
    rt=g("ec2/routeTable:RouteTable","rt",vpcId=v.id,tags={"a":"b"})
    r=g("ec2/route:Route","r",routeTableId=rt.id,destinationCidrBlock="0.0.0.0/0",natGatewayId=nat.id)
    a=g("ec2/routeTableAssociation:RouteTableAssociation","a",subnetId=s2.id,routeTableId=rt.id)
    drt=g("ec2/defaultRouteTable:DefaultRouteTable","d",defaultRouteTableId=v["defaultRouteTableId"],routes=[],tags={"Name":"unused"})
    dsg=g("ec2/defaultSecurityGroup:DefaultSecurityGroup","d",vpcId=v.id,ingress=[],egress=[])
    sg=g("ec2/securityGroup:SecurityGroup","ends",vpcId=v.id,description="endpoints",ingress=[{"protocol":"tcp","fromPort":443,"toPort":443,"cidrBlocks":["10.0.0.0/24","10.0.1.0/24"],"description":"https"}])
    ep=g("ec2/vpcEndpoint:VpcEndpoint","ep",vpcId=v.id,serviceName="com.amazonaws.eu-west-1.s3",routeTableIds=[rt.id],policy=json.dumps({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}]}))
    ep2=g("ec2/vpcEndpoint:VpcEndpoint","ep2",vpcId=v.id,serviceName="com.amazonaws.eu-west-1.sts",vpcEndpointType="Interface",subnetIds=[s.id,s2.id],securityGroupIds=[sg.id],privateDnsEnabled=True)
    b=g("s3/bucket:Bucket","b",bucket=f"clover-logs-{account}")
    fl=g("ec2/flowLog:FlowLog","fl",vpcId=v.id,trafficType="ALL",logDestinationType="s3",logDestination=b["arn"],maxAggregationInterval=60,destinationOptions={"fileFormat":"parquet","perHourPartition":True})
    rg=g("networkfirewall/ruleGroup:RuleGroup","rg",capacity=100,type="STATEFUL",ruleGroup={"ruleVariables":{"ipSets":[{"key":"HOME_NET","ipSet":{"definitions":["10.0.0.0/16"]}}]},"rulesSource":{"rulesSourceList":{"generatedRulesType":"ALLOWLIST","targetTypes":["TLS_SNI","HTTP_HOST"],"targets":["example.com",".example.org"]}},"statefulRuleOptions":{"ruleOrder":"STRICT_ORDER"}})
    rg2=g("networkfirewall/ruleGroup:RuleGroup","rg2",capacity=100,type="STATEFUL",description="drops",ruleGroup={"rulesSource":{"rulesString":'drop tcp $HOME_NET any -> $EXTERNAL_NET any (msg:"no"; flow:to_server; sid:1; rev:1;)'},"ruleVariables":{"ipSets":[{"key":"HOME_NET","ipSet":{"definitions":["10.0.0.0/16"]}}]},"statefulRuleOptions":{"ruleOrder":"STRICT_ORDER"}})
    fp=g("networkfirewall/firewallPolicy:FirewallPolicy","fp",firewallPolicy={"statelessDefaultActions":["aws:forward_to_sfe"],"statelessFragmentDefaultActions":["aws:drop"],"statefulDefaultActions":["aws:drop_strict","aws:alert_strict"],"statefulEngineOptions":{"ruleOrder":"STRICT_ORDER","streamExceptionPolicy":"DROP"},"statefulRuleGroupReferences":[{"priority":1,"resourceArn":rg["arn"]},{"priority":2,"resourceArn":rg2["arn"]}]})
    fw=g("networkfirewall/firewall:Firewall","fw",vpcId=v.id,firewallPolicyArn=fp["arn"],subnetMappings=[{"subnetId":s.id}],deleteProtection=True)
    print(fw.outputs)
    lc=g("networkfirewall/loggingConfiguration:LoggingConfiguration","lc",firewallArn=fw["arn"],loggingConfiguration={"logDestinationConfigs":[{"logType":"FLOW","logDestinationType":"S3","logDestination":{"bucketName":b.id,"prefix":"flow"}},{"logType":"ALERT","logDestinationType":"S3","logDestination":{"bucketName":b.id,"prefix":"alert"}}]})
    dl=g("route53/resolverFirewallDomainList:ResolverFirewallDomainList","dl",domains=["example.com","*.example.org"],tags={"a":"b"})
    dg=g("route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup","dg")
    dr=g("route53/resolverFirewallRule:ResolverFirewallRule","dr",firewallRuleGroupId=dg.id,firewallDomainListId=dl.id,action="BLOCK",blockResponse="NODATA",priority=100)
    da=g("route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation","da",firewallRuleGroupId=dg.id,vpcId=v.id,priority=101,mutationProtection="ENABLED")
    dc=g("route53/resolverFirewallConfig:ResolverFirewallConfig","dc",resourceId=v.id,firewallFailOpen="DISABLED")
    ql=g("route53/resolverQueryLogConfig:ResolverQueryLogConfig","ql",destinationArn=b["arn"])
    qa=g("route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation","qa",resolverQueryLogConfigId=ql.id,resourceId=v.id)
    k=g("kms/key:Key","k")
    bp=g("s3/bucketPolicy:BucketPolicy","bp",bucket=b.id,policy=json.dumps({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:GetBucketAcl","Resource":b["arn"]},{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject","Resource":b["arn"]+"/*"}]}))
    t=g("cloudtrail/trail:Trail","t",s3BucketName=b.id,isMultiRegionTrail=True,enableLogFileValidation=True,advancedEventSelectors=[{"name":"data","fieldSelectors":[{"field":"eventCategory","equals":["Data"]},{"field":"resources.type","equals":["AWS::S3::Object"]},{"field":"resources.ARN","startsWiths":["arn:aws:s3:::clover-"]}]},{"name":"management","fieldSelectors":[{"field":"eventCategory","equals":["Management"]}]}],tags={"a":"b"})
