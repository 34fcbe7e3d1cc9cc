"""What kind of action an IAM action is: what it can be limited to, and what it does.

Source: the access levels and resource types in the Service Authorization Reference of AWS, read in October 2026. An
action that takes no resource type works with ``Resource = "*"`` only; to ask for less of it is in vain.

A row of the table is a service, the kind of its actions, and the beginnings of names of other kinds; the longest
beginning counts, ``$`` ends a name, and ``u`` stands for what takes no resource. Services that are not in it go by
the first word. That metrics can be limited to a data set counts for nothing here: the type is new, optional, and
hardly anybody has more than one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

READS = "r"
"""Reads, lists or tags, and can be limited to resources."""
WRITES = "w"
"""Changes something, and can be limited to resources."""
GRANTS = "p"
"""Changes who may do what (access level *permissions management*), and can be limited to resources."""

_WILD = re.compile(r"[*?]")
_OTHERS = "w | u Describe List | r BatchGet Get Query Search Select Tag Untag View"


class _Service(NamedTuple):
    rest: str
    names: dict[str, str]


@lru_cache(maxsize=4096)
def is_of_kind(pattern: str, kinds: frozenset[str]) -> bool:
    """Whether a pattern such as ``s3:Get*`` takes in actions of some kinds.

    What stands behind the first wildcard is not looked at: ``s3:*Object`` is taken for ``s3:*``.
    """
    service, colon, name = pattern.lower().partition(":")
    if _WILD.search(service):
        return True
    if not colon:
        return False
    table = _service(service)
    head = _WILD.split(name)[0]
    if head == name:
        return _kind(table, f"{name}$") in kinds
    found = {kind for beginning, kind in table.names.items() if beginning.startswith(head)}
    return not kinds.isdisjoint({_kind(table, head), *found})


def _kind(table: _Service, name: str) -> str:
    beginnings = [one for one in table.names if name.startswith(one)]
    return table.names[max(beginnings, key=len)] if beginnings else table.rest


@lru_cache(maxsize=256)
def _service(name: str) -> _Service:
    rest, *groups = _lines().get(name, _OTHERS).split(" | ")
    found: dict[str, str] = {}
    for group in groups:
        kind, *beginnings = group.split()
        found.update((one.lower(), kind) for one in beginnings)
    return _Service(rest.strip(), found)


@lru_cache(maxsize=1)
def _lines() -> dict[str, str]:
    rows = _TABLE.replace("\n  ", " ").strip().split("\n")
    return {name: kinds for names, _, kinds in (row.partition(": ") for row in rows) for name in names.split()}


_TABLE = """
applicationinsights aws-portal compute-optimizer cost-optimization-hub dbqms discovery freetier importexport
  inspector inspector-scan mechanicalturk mobileanalytics pricing route53domains sms sso-directory support-console
  supportplans tax: u
acm: r | u Create GetAccount ListAcmeEndpoints ListCertificates Put Request Search | w CreateAcmeDomainValidation
  CreateAcmeExternalAccountBinding Delete ImportCertificate RenewCertificate ResendValidationEmail Revoke Update
acm-pca: w | u CreateCertificateAuthority$ ListCertificate | r Describe Get List Tag Untag | p CreatePermission
  DeletePermission DeletePolicy PutPolicy
airflow: w | u List | r Get ListTagsForResource Tag Untag
amplify: w | u CreateApp ListApps ListResources | r Get List Tag Untag
aoss: u | r GetIngestion ListIngestion ListTagsForResource TagResource UntagResource | w APIAccessAll
  AddCollectionToCollectionGroup CancelIngestionJob CreateIngestion DashboardsAccessAll DeleteCollection
  DeleteIngestionStream UpdateCollection
apigateway: w | r G Get List | p AddCertificateToDomain CreateAccessAssociation DeletePortalProductSharingPolicy
  PutPortalProductSharingPolicy RejectAccessAssociation RemoveCertificateFromDomain SetWebACL UpdateDomainName
  UpdateRestApiPolicy
application-autoscaling: w | u Describe Get | r List Tag Untag
apprunner: w | u List | r Describe ListAssociatedServicesForWebAcl ListOperations
  ListServicesForAutoScalingConfiguration ListTagsForResource Tag Untag
appsync: u | r GetApi$ GetApiAssociation GetChannelNamespace GetDomainName GetGraphqlApi$ GetSourceApiAssociation
  GetWebACLForResource ListChannelNamespaces ListTagsForResource TagResource UntagResource | w Associate
  CreateChannelNamespace CreateDomainName DeleteApi$ DeleteChannelNamespace DeleteDomainName DeleteGraphqlApi
  Disassociate Event GraphQL SourceGraphQL StartSchemaMerge UpdateApi$ UpdateChannelNamespace UpdateDomainName
  UpdateGraphqlApi UpdateSourceApiAssociation
athena: w | u GetCatalogs GetExecution GetNamespace GetNamespaces GetQueryExecutions GetTable$ GetTables
  ListApplication ListCapacity ListData ListEngine ListExecutors ListWork Run | r Batch Get List ListDatabases$ Tag
  Untag | w GetSessionEndpoint
autoscaling: w | u Describe Get PutAccount | r CreateOr DeleteTags
backup: w | u Describe Export GetBackupPlanFrom GetRestoreJob GetRestoreTestingInferred GetSupported List PutRestore
  Stop UpdateGlobal UpdateRegion | r DescribeBackupAccessPoint DescribeBackupVault DescribeFramework
  DescribeRecoveryPoint DescribeReportPlan Get ListBackupPlanVersions ListBackupSelections
  ListProtectedResourcesByBackupVault ListRecoveryPointsByBackupVault ListRecoveryPointsByLegalHold
  ListRestoreAccessBackupVaults ListRestoreTestingSelections ListTags Tag Untag | p DeleteBackupVaultAccessPolicy
  DeleteBackupVaultSharingPolicy PutBackupVaultAccessPolicy PutBackupVaultSharingPolicy SearchRecoveryPoint
batch: w | u Describe List | r DescribeConsumableResource DescribeQuotaShare Get ListJobsByConsumableResource
  ListQuotaShares ListTagsForResource Set Tag Untag
bedrock: w | u Agentic AssociateThird Call Check CreateAgent$ CreateAutomatedReasoningPolicy$ CreateBlueprint$
  CreateCustomModel$ CreateDataAutomationLibrary CreateDataSourceToken CreateFlow$ CreateFoundation CreateKnowledge
  CreateMarketplace CreateModelImport CreatePrompt$ CreateRetrievalInstruction$ CreateSession DeleteEnforced
  DeleteFoundation DeleteMarketplaceModelAgreement DeleteModel Generate GetAccount GetBlueprintRecommendation
  GetDataSourceAuthorization GetDocument GetFoundationModelAvailability GetIngested GetModelInvocationLogging GetUse
  InvokeBuilder InvokeGuardrail InvokeInline List ListAgents$ ListFlows$ Optimize Put Rerank Retrieve Validate | r
  Apply Count Detect Export Get Invoke ListAgent ListAutomatedReasoning ListBlueprints ListData ListFlow
  ListGuardrails ListIngestionJobs ListInvocationSteps ListInvocations ListKnowledgeBaseDocuments ListPrompts
  ListRetrievalInstructionVersions ListTagsForResource Render Retrieve$ Tag Untag | w InvokeBlueprint
  InvokeDataAutomation PutInvocationStep PutResourcePolicy | p AllowVendedLogDeliveryForResource
ce: u | r DescribeCostCategoryDefinition GetAnomalies GetAnomaly GetCost GetDimensionValues GetTags GetUsageForecast
  ListTagsForResource TagResource UntagResource | w DeleteAnomaly DeleteCostCategoryDefinition UpdateAnomaly
  UpdateCostCategoryDefinition
cloudformation: u | u CreateStackSet DescribeStackDrift ListStackSets ListStacks$ | r DescribeChangeSet
  DescribeEvents DescribeStack DescribeStacks DetectStack GetStackPolicy GetTemplate ListChangeSets ListHookResults
  ListStack TagResource UntagResource | w CancelUpdateStack ContinueUpdateRollback CreateChangeSet CreateStack
  DeleteChangeSet DeleteStack Execute ImportStacksToStackSet RecordHandlerProgress RollbackStack SignalResource
  StopStackSetOperation UpdateStack UpdateTerminationProtection | p SetStackPolicy
cloudfront: w | u Create DeleteKeyGroup DeleteMonitoring DeletePublic GetKey GetMonitoring GetPublic GetSavings List
  UpdateFieldLevelEncryptionConfig UpdateKeyGroup UpdatePublic UpdateSavings | r Describe Get ListConflictingAliases
  ListDistributionsByConnectionFunction ListDistributionsByTrustStore ListDomainConflicts ListInvalidations
  ListTagsForResource Tag Untag Verify | w CreateInvalidation | p AllowVendedLogDeliveryForResource
cloudhsm: w | u DeleteHsm Describe | r Get List Tag Untag | p DeleteResourcePolicy PutResourcePolicy
cloudtrail: w | u Deregister Describe GetImport List Lookup Register Search StartImport StopImport | r Add
  DescribeQuery GenerateQueryResults Get ListInsightsData ListQueries ListTags Remove
cloudwatch: u | u DeleteAnomaly DeleteOmniThread DeleteResource PutAnomaly PutIntelligence PutManaged PutMetricData
  PutRecords UpdateO UpdateOmniThread UpdatePreferences UpdateResource | r BatchGetServiceLevelObjectiveBudgetReport
  DescribeAlarmHistory DescribeAlarms$ GetAccess GetAlarmMuteRule GetAlert GetDashboard GetDataset GetDomain
  GetIngestionEndpoint GetInsightRuleReport GetIntegration GetMetricStream GetOmniDashboard GetService GetSpace$
  GetView ListAlarmMuteRules ListTagsForResource TagResource UntagResource | w Delete Disable EnableAlarmActions
  EnableInsightRules Put SetAlarmState StartMetricStreams StopMetricStreams Update UpdateOmniDashboard$ | p
  DeleteAccess DeleteDomainAccessGrantForOrganization UpdateAccessProfile
codeartifact: w | u Create ListDomains ListRepositories$ | r Describe Get List Read Tag Untag | p
  DeleteDomainPermissionsPolicy DeleteRepositoryPermissionsPolicy
codebuild: w | u DeleteO DeleteSource Import List Persist | r BatchGet Describe Get ListBuildBatchesForProject
  ListBuildsForProject ListCommandExecutionsForSandbox ListReportsForReportGroup ListSandboxesForProject | p
  DeleteResourcePolicy PutResourcePolicy
codecommit: w | u CreateApproval DeleteApproval GetApproval ListApproval ListRepositories UpdateApproval | r
  BatchDescribe BatchGet Cancel Describe Evaluate Get GitPull List Tag Untag
codedeploy: r | u BatchGetDeploymentTargets Continue CreateCloud Delete GetDeploymentTarget ListApplications
  ListDeploymentConfigs ListDeploymentTargets ListGit ListOn Put Skip Stop | w Create DeleteApplication
  DeleteDeployment DeregisterOnPremisesInstance Register Update
codepipeline: w | u Acknowledge Get ListActionTypes ListPipelines ListRuleTypes PollForThird PutJob PutThird | r
  GetPipeline List Tag Untag
cognito-identity: r | u Create Delete DescribeIdentity$ GetCredentials GetId GetOpenIdToken$ ListIdentity Set Unlink
  | r GetIdentityPoolAnalytics$ GetIdentityPoolDailyAnalytics$ GetIdentityPoolRoles$
  GetIdentityProviderDailyAnalytics$ | w DeleteIdentityPool MergeDeveloperIdentities UnlinkDeveloperIdentity
  UpdateIdentityPool
cognito-idp: u | u CreateUserPool$ DeleteUser DescribeUserPoolDomain GetDevice GetProvisioned GetTokens GetUser
  ListDevices ListUserPools SetUser UpdateDevice UpdateProvisioned UpdateUserAttributes | r AdminGet AdminList
  Describe Get GetUserPoolMfaConfig List TagResource UntagResource | w Add Admin AssociateWebACL Create Delete
  DeleteUserPool DisassociateWebACL Set SetUserPoolMfaConfig StartUserImportJob StopUserImportJob Update
comprehend: w | u Batch Contains Detect List | r Classify Describe DetectEntities ListDatasets
  ListFlywheelIterationHistory ListTagsForResource Tag Untag
config: u | u DeleteDelivery DeletePending DeleteRemediationExceptions DeleteResource DeleteRetention
  DescribeConfigurationAggregators GetCompliance GetDiscovered GetResource PutDelivery PutEvaluations
  PutRemediationExceptions PutResource PutRetention PutService | r BatchGetAggregateResourceConfig
  DescribeAggregateComplianceBy DescribeConfiguration DescribeConfigurationAggregatorSourcesStatus$
  DescribeConformancePackCompliance DescribeRemediationConfigurations DescribeRemediationExecutionStatus Get
  GetComplianceDetailsByConfigRule ListAggregateDiscoveredResources ListTagsForResource
  SelectAggregateResourceConfig TagResource UntagResource | w AssociateResourceTypes Delete
  DisassociateResourceTypes Put StartConfigRulesEvaluation StartConfigurationRecorder StopConfigurationRecorder
dms: w | u Batch CreateDataProvider CreateFleet CreateInstance CreateOutbound DeleteFleet Describe
  DescribeReplicationTasks$ ListData ModifyFleet ModifyOutbound Run StartRecommendations UpdateSubscriptions Upload
  | r Add DescribeApplicableIndividualAssessments DescribeConversionConfiguration DescribeMetadataModel
  DescribeRefreshSchemasStatus DescribeReplicationInstanceTaskLogs DescribeReplicationTableStatistics
  DescribeReplicationTask DescribeSchemas DescribeTableStatistics Get List Remove Test
ds: w | u Check Connect CreateDirectory CreateHybrid CreateIdentity CreateMicrosoft DeleteAD DescribeAD
  DescribeDirectories DescribeSnapshots DescribeTrusts GetDirectory ListAD ListLog StartAD | r AddTags Describe Get
  List RemoveTags Verify | p AccessDSData
dynamodb: w | u DescribeEndpoints DescribeLimits DescribeReserved GetAbac Inject List Purchase UpdateAbac | r
  BatchGet Condition Describe Get ListExports ListImports ListTagsOfResource PartiQLSelect Query Read Scan Search
  Tag Untag | p DeleteResourcePolicy PutResourcePolicy
ebs: w | r Get List
ec2: w | u Advertise AssociateIpamByoasn AssociateTrunk Bundle CancelBundle CancelConversion CancelReserved Confirm
  CreateDefault CreateReserved CreateSpot DeleteSpot DeleteSubnetCidr DeprovisionByoip DeregisterInstance Describe
  DescribeClientVpnEndpoints DescribeFleets$ DisableAllowed DisableAws DisableCapacity DisableEbs DisableImageBlock
  DisableIpamOrganization DisableSerial DisableSnapshot DisassociateIpamByoasn DisassociateTrunk EnableAllowed
  EnableAws EnableCapacity EnableEbs EnableImageBlock EnableIpamOrganization EnableReachability EnableSerial
  EnableSnapshot ExportTransit GetAllowed GetAws GetCapacityManager GetDefault GetEbs GetEnabled GetHost
  GetImageBlock GetInstanceMetadata GetInstanceTypes GetManagedResource GetSerial GetSnapshot GetSpot GetSubnet
  GetTransitGatewayAttachment GetTransitGatewayPrefix GetTransitGatewayRoute GetVpnConnectionDeviceTypes InjectApi
  List ModifyAccount ModifyAvailability ModifyDefault ModifyEbs ModifyId ModifyIdentity
  ModifyInstanceMetadataDefaults ModifyManagedResource ModifyVpcBlockPublicAccessOptions MoveAddress ProvisionByoip
  PurchaseReserved PurchaseScheduled RegisterInstance ReplaceImageCriteria ResetEbs RestoreAddress RunScheduled
  StartDeclarative UpdateCapacity Withdraw | r CreateTags DeleteTags DescribeCapacityBlockExtensionOfferings
  DescribeClientVpn DescribeFleet DescribeFpgaImageAttribute DescribeImageAttribute DescribeInstanceAttribute
  DescribeSecurityGroupReferences DescribeSnapshotAttribute DescribeSpotFleetInstances
  DescribeSpotFleetRequestHistory DescribeVolumeAttribute DescribeVpcAttribute DescribeVpcEndpointServicePermissions
  Export Get Search Validate | w ExportImage | p AttachApplianceToNatGateway AttachResourcesToPlacementGroup
  CancelImageLaunchPermission CreateCoipPoolPermission CreateLocalGatewayRouteTablePermission
  CreateNetworkInterfacePermission CreateOdbNetworkPeering DeleteCoipPoolPermission
  DeleteLocalGatewayRouteTablePermission DeleteNetworkInterfacePermission DeleteOdbNetworkPeering
  DeleteResourcePolicy DetachApplianceFromNatGateway DetachResourcesFromPlacementGroup ModifyOdbNetworkPeering
  ModifySnapshotAttribute ModifyVpcEndpointServicePermissions PutResourcePolicy ResetSnapshotAttribute
ec2messages: u
ecr: u | r Batch DescribeImage DescribeImages DescribeRepositories GetDownloadUrlForLayer GetImageCopyStatus
  GetLifecyclePolicy GetRepositoryPolicy ListImages ListTagsForResource TagResource UntagResource | w
  BatchDeleteImage BatchImportUpstreamImage CompleteLayerUpload CreateRepository$ DeleteLifecyclePolicy
  DeleteRepository$ InitiateLayerUpload PutImage PutLifecyclePolicy ReplicateImage StartImageScan
  StartLifecyclePolicyPreview UpdateImageStorageClass UploadLayerPart | p DeleteRepositoryPolicy SetRepositoryPolicy
ecs: w | u DeleteAccount DeregisterTask DescribeTaskDefinition Discover ListAccount ListClusters ListDaemonTask
  ListDaemons ListServices ListTask PutAccount | r Describe Get List ListTasks$ Tag Untag | p
  AllowVendedLogDeliveryForResource
eks: w | u CreateCluster CreateEks DescribeAddon DescribeClusterVersions ListAccessPolicies ListClusters ListEks
  Register | r Access Describe DescribeAddon$ List Tag Untag
elasticache: w | u DescribeCacheEngine DescribeEngine DescribeEvents DescribeReservedCacheNodesOfferings
  DescribeService | r Add Describe List Remove
elasticbeanstalk: w | u Check CreateStorage DescribeAccount ListPlatformBranches | r Add Describe List Remove
  Request Retrieve UpdateTags Validate
elasticfilesystem: w | u CreateFile DescribeAccount PutAccount | r ClientMount CreateTags DeleteTags Describe List
  ReplicationRead Tag Untag | p DeleteFileSystemPolicy PutFileSystemPolicy
elasticloadbalancing: w | u Allow Describe SetWeb | r AddTags Get RemoveTags
elasticmapreduce: w | u CreateRepository CreateSecurity CreateStudio$ DeleteRepository DeleteSecurity
  DescribeRelease DescribeRepository DescribeSecurity GetBlock Link List PutBlock Run Unlink UpdateRepository View |
  r AddTags Describe GetAuto GetManaged GetSession$ GetStudio ListBootstrapActions ListInstance ListInstances
  ListSessions ListSteps ListWorkspaceAccessIdentities RemoveTags | p DeleteWorkspaceAccess PutWorkspaceAccess
es: w | u Accept Authorize Create DeleteElasticsearchService DeleteInbound DeleteOutbound DeletePackage DeleteVpc
  Describe GetPackage ListDomainNames ListDomains ListElasticsearch ListInstance ListVersions ListVpc Purchase
  Reject Revoke UpdatePackage UpdateVpc | r AddTags Compare DescribeDataSourceAttachment DescribeDomain
  DescribeDomains DescribeDryRunProgress DescribeElasticsearchDomain DescribeElasticsearchDomains
  DescribeInsightDetails ESCross ESHttpGet ESHttpHead Get List RemoveTags | w CreateDomain CreateElasticsearchDomain
  CreateIndex CreateOutbound
events: w | u List PutPartner PutPermission RemovePermission Test | r Describe Get ListPartnerEventSourceAccounts
  ListResourcePolicies ListTagsForResource ListTargetsByRule Tag Untag | p DeleteResourcePolicy PutResourcePolicy
execute-api: w
firehose: w | u List | r Describe ListTagsForDeliveryStream Tag Untag
fsx: w | u Describe UpdateShared | r DescribeAssociatedFileGateways DescribeFileSystemAliases List Tag Untag | p
  BypassSnaplockEnterpriseRetention DeleteResourcePolicy GetResourcePolicy ManageBackupPrincipalAssociations
  PutResourcePolicy
glacier: w | u GetData ListProvisioned ListVaults Purchase SetData | r Add Describe Get List Remove | p
  AbortVaultLock CompleteVaultLock DeleteVaultAccessPolicy InitiateVaultLock SetVaultAccessPolicy
glue: w | u Access BatchGetCustom BatchGetStage Check CreateClassifier CreateCrawler CreateCustom CreateData
  CreateDev CreateGlue CreateInbound CreateML CreateScript CreateSecurity DeleteClassifier DeleteCustom DeleteGlue
  DeleteSecurity Deregister DescribeInbound GetClassifier GetClassifiers GetColumnStatisticsTask GetCrawlerMetrics
  GetCrawlers GetCustom GetDataPreview GetDataflow GetDevEndpoints GetEnvironment GetExecutors GetGenerated GetGlue
  GetJobBookmark GetJobs GetLog GetMapping GetNotebook GetPlan GetQueries GetQuery GetRecipe GetSecurity GetStage
  GetStages GetStorage GetTriggers Glue List Managed Request Reset RunData Send StartCompletion StartCrawlerSchedule
  StartNotebook StopCrawlerSchedule Terminate UpdateClassifier UpdateCrawlerSchedule UpdateGlue UseGlue | r BatchGet
  DescribeIntegrations Get ListCrawls ListDataQuality ListIntegrationResourceProperties ListJobUpgradeAnalyses
  ListMLTransforms ListSchemaVersions ListSchemas ListStatements ListTableOptimizerRuns Query Search Tag Untag | w
  CreateDatabase$ | p DeleteResourcePolicy Describe ListEntities PutResourcePolicy RefreshOAuth2Tokens
  TestConnection
guardduty: u | u DeleteCustomDetectionRuleOrg DeleteInvitations DeleteMembers UpdateCustomDetectionRuleOrg
  UpdateFindings UpdateMalwareScan UpdateMember UpdateOrganization | r DescribePublishingDestination
  GetCoverageStatistics GetCustomDetectionRuleAssociation GetDetector GetFilter GetIPSet GetMalwareProtectionPlan
  GetThreat GetTrustedEntitySet ListCoverage ListTagsForResource TagResource UntagResource | w CreateFilter Delete
  Update
iam: w | u CreateAccount DeleteAccount DeleteCloud Disable Enable GenerateCredential GetAccount GetCloud
  GetContextKeysForCustom GetCredential GetOrganizations GetOutbound GetServiceLast ListAccount ListCloud
  ListDelegation ListGroups$ ListInstanceProfiles$ ListOpenIDConnectProviders ListOrganizations ListPolicies$
  ListRoles ListSAMLProviders ListSTS ListServerCertificates ListUsers ListVirtual PutAccount Set Simulate
  UpdateAccount UpdateCloud UploadCloud | r Generate Get List SimulatePrincipalPolicy Tag Untag | w EnableMFADevice
  | p Attach CreatePolicy DeleteGroupPolicy DeletePolicy DeleteRolePermissionsBoundary DeleteRolePolicy
  DeleteUserPermissionsBoundary DeleteUserPolicy Detach Put SetDefaultPolicyVersion UpdateAssumeRolePolicy
inspector2: u | u CreateFindings CreateSbom | r TagResource UntagResource | w Create Delete
  UpdateCisScanConfiguration UpdateCodeSecurity UpdateConnector$ UpdateFilter
kafka: w | u DescribeClusterOperation Get ListClusters ListConfigurations ListKafka ListReplicators ListVpc | r
  Describe GetClusterPolicy List Tag Untag
kinesis: w | u Describe Disable Enable Inject ListChannels ListStreams UpdateAccount UpdateShard UpdateStreamMode |
  r Add CreateChannel DescribeChannel DescribeStream Get List Remove Subscribe Tag Untag
kinesisanalytics: w | u CreateApplication$ Discover ListApplications | r CreateApplicationPresigned Describe Get
  List ListApplicationSnapshots$ Tag Untag
kms: w | u Connect Create DeleteCustom Describe Disconnect GenerateRandom List ListKeys$ UpdateCustom | r
  DescribeKey Get ListGrants ListKey ListResourceTags Tag Untag | w CreateAlias | p CreateGrant PutKeyPolicy
  RetireGrant RevokeGrant
lakeformation: u
lambda: w | u Connect CreateCode CreateEvent CreateMicrovmImage GetAccount GetWebAccount List ListFunctions$
  ListMicrovmImages$ ListWebFunctions$ PassNetwork | r Get ListAliases ListDurableExecutionsByFunction ListFunction
  ListFunctionsByCodeSigningConfig ListManagedMicrovmImageVersions ListMicrovmImage ListNetworkConnectorVersions
  ListProvisionedConcurrencyConfigs ListTags ListVersionsByFunction ListWebFunction Tag Untag | p Add
  DeleteResourcePolicy DisableReplication EnableReplication PutResourcePolicy Remove
logs: u | u CreateImport CreateLogDelivery DeleteAccount DeleteIndex DeleteIntegration DeleteLogDelivery
  DeletePipeline DeleteQuery DeleteResource GetIntegration GetLogDelivery GetLogFields GetStorage PutAccount
  PutIndex PutIntegration PutPipeline PutQuery PutResource PutStorage UpdateLogDelivery | r DescribeLogStreams
  DescribeMetricFilters DescribeSubscriptionFilters FilterLogEvents Get ListAnomalies ListLogAnomalyDetectors
  ListTags Start Tag Unmask Untag | w AssociateKmsKey Create Delete DisassociateKmsKey IntegrateWith
  ProcessWithPipeline Put Update
macie2: u | u DeleteInvitations | r BatchGetCustomDataIdentifiers DescribeClassificationJob GetAllowList
  GetCustomDataIdentifier GetFindingsFilter GetMember ListTagsForResource TagResource UntagResource | w
  CreateClassificationJob CreateCustomDataIdentifier CreateFindingsFilter CreateMember Delete DisassociateMember
  UpdateAllowList UpdateClassificationJob UpdateFindingsFilter
mq: w | u CreateBroker CreateConfiguration DescribeBroker ListBrokers ListConfigurations | r CreateTags DeleteTags
  Describe DescribeBroker$ List
network-firewall: w | u ListContainer ListRule | r Describe Get List Tag Untag
opensearch: u | r GetDirectQuery | w CancelDirectQuery StartDirectQuery | p ApplicationAccessAll ViewLoginPage
organizations: w | u Create DeleteOrganization DeleteResource DescribeCreate DescribeOrganization DescribeResource
  DisableAWS Enable Leave List | r Describe DescribeOrganizationalUnit$ ListAccountsForParent ListChildren
  ListDelegatedServicesForAccount ListEffectivePolicyValidationErrors ListOrganizationalUnitsForParent ListParents
  ListPoliciesForTarget ListTagsForResource ListTargetsForPolicy Tag Untag | w CreateOrganizationalUnit CreatePolicy
  DeleteOrganizationalUnit$ EnablePolicyType | p AttachPolicy DetachPolicy PutResourcePolicy UpdatePolicy
polly: r | u Describe GetSpeech List | w DeleteLexicon PutLexicon StartSpeechSynthesisTask
ram: w | u Create Enable Get List | r GetPermission ListPendingInvitationResources ListPermissionAssociations
  ListResourceSharePermissions Tag Untag | w CreatePermissionVersion
rds: w | u CancelExport CreateDBProxy$ Describe DescribeDBEngine DescribeDBMajor DescribeDBRecommendations
  ModifyCertificates ModifyDBRecommendation ModifyRecommendation | r AddTags DescribeBlueGreenDeployments DescribeDB
  DescribeEventSubscriptions DescribeExportTasks DescribeGlobalClusters DescribeIntegrations DescribeOptionGroups
  DescribePendingMaintenanceActions DescribeReservedDBInstances$ DescribeTenantDatabases
  DescribeValidDBInstanceModifications Download List RemoveTags | p AuthorizeDBSecurityGroupIngress
rds-db: p
redshift: w | u Accept Add CancelQuery$ CreateAuthentication CreateQev2 CreateRedshift CreateSaved CreateScheduled
  DeleteAuthentication DeleteEndpoint DeleteSaved DeleteScheduled Deregister Describe DescribeClusterSecurityGroups$
  DescribeClusterSubnetGroups$ Execute Fetch GetReservedNodeExchangeOfferings List ModifyAuthentication
  ModifyEndpoint ModifySaved ModifyScheduled Purchase Register View | r CreateTags DeleteTags
  DescribeAutonomicsDenylist DescribeClusterParameters DescribeClusterSnapshots DescribeClusters DescribeEndpoint
  DescribeIntegrations DescribeLoggingStatus DescribeNodeConfigurationOptions DescribePartners DescribeResize
  DescribeSnapshotSchedules DescribeTableRestoreStatus DescribeTags DescribeUsageLimits Get ListRecommendations
  ViewQueriesInConsole | w GetClusterCredentials | p AuthorizeDataShare AuthorizeEndpointAccess
  AuthorizeSnapshotAccess CreateClusterUser CreateSnapshotCopyGrant DeauthorizeDataShare DeleteResourcePolicy
  JoinGroup ModifyClusterIamRoles PutResourcePolicy RejectDataShare RevokeEndpointAccess RevokeSnapshotAccess
redshift-data: r | u Cancel DescribeStatement GetStatement ListSessions ListStatements | w BatchExecuteStatement
  ExecuteStatement
rekognition: w | u Compare CreateCollection CreateFace CreateProject$ DescribeProjects Detect Get ListCollections
  ListMedia ListStream Recognize Start | r Describe DetectCustomLabels DetectModerationLabels List Search Tag Untag
  | w StartFaceSearch StartMediaAnalysisJob StartProjectVersion StartStreamProcessor
route53: w | u CreateCidr CreateHealth CreateHosted CreateReusable CreateTrafficPolicy$ GetAccount GetChecker GetGeo
  GetHealthCheckCount GetHostedZoneCount GetTrafficPolicyInstanceCount ListCidrCollections ListGeo ListHealth
  ListHosted ListReusable ListTrafficPolicies ListTrafficPolicyInstances$ Test | r ChangeTags Get List
route53resolver: w | u GetResolverQueryLogConfigAssociation List | r Get ListFirewallDomains ListFirewallRules
  ListResolverConfigs ListResolverDnssecConfigs ListResolverEndpointIpAddresses ListTagsForResource Tag Untag | p
  Put
s3: w | u CreateJob CreateStorage GetAccessPoint$ GetAccount ListAccessGrantsInstances ListAccessPoints ListAll
  ListJobs ListMulti ListStorage PutAccessPointPublic PutAccount PutStorage | r Allow DeleteJob DeleteObjectTagging
  DeleteObjectVersionTagging DeleteStorageLensConfigurationTagging Describe Get List ListMultipartUploadParts$
  PutBucketTagging PutJob PutObjectTagging PutObjectVersionTagging PutStorageLensConfigurationTagging ReplicateTags
  Tag Untag | p AssociateAccessGrantsIdentityCenter BypassGovernanceRetention CreateAccessGrant CreateAccessGrants
  DeleteAccessGrant DeleteAccessGrants DeleteAccessPointPolicy DeleteBucketPolicy
  DissociateAccessGrantsIdentityCenter ObjectOwnerOverrideToBucketOwner PutAccessGrantsInstanceResourcePolicy
  PutAccessPointPolicy PutBucketAcl PutBucketOwnershipControls PutBucketPolicy PutBucketPublicAccessBlock
  PutMultiRegionAccessPointPolicy PutObjectAcl PutObjectVersionAcl UpdateAccessGrantsLocation
sagemaker: w | u CallWith CreateLineage DeleteLineage DeleteResource DescribeJobSchema DescribeLineage Disable
  Enable Extend GetLineage GetResource GetSagemaker GetSearch List ListHubs$ ListModelCards$ ListPipelines$
  PutLineage PutResource Query Render Search | r Access AddTags BatchDescribe BatchGet CreateHubContentPresigned
  DeleteTags Describe Get Invoke ListAliases ListClusterEvents ListClusterNodes ListHub ListImageVersions
  ListLabelingJobsForWorkteam ListModelCard ListModelPackages ListPipeline ListRecords ListSharedModelVersions
  ListTags ListTrainingJobsForHyperParameterTuningJob ListUltraServersByReservedCapacity
scheduler: r | u List | r ListTagsForResource | w CreateSchedule DeleteSchedule UpdateSchedule
secretsmanager: w | u Batch GetRandom List | r Describe Get ListSecretVersionIds Tag Untag | p DeleteResourcePolicy
  PutResourcePolicy ValidateResourcePolicy
securityhub: w | u BatchGet BatchUpdateStandards Cancel Connector Create DescribeSecurity DisableSecurityHubV2
  EnableSecurityHubV2 GetConfigurationPolicyAssociation GetExport GetSecurity ListAggregators ListAutomation
  ListConfiguration ListConnectors ListExport ListFinding ListSecurity ListStandards UpdateSecurityControl | r
  BatchGetAutomationRules BatchGetControlEvaluations BatchGetEnabledRegionsV2 Describe Get List Send Tag Untag | w
  CreateActionTarget CreateInsight CreateMembers CreateTicketV2 | p AllowVendedLogDeliveryForResource
servicediscovery: w | u Create List Tag Untag | r Discover Get ListInstances | w CreateService
servicequotas: u | r GetServiceQuota ListRequestedServiceQuotaChangeHistoryByQuota | w
  PutServiceQuotaIncreaseRequestIntoTemplate RequestServiceQuotaIncrease
ses: w | u Apply Clone CreateConfigurationSetTracking CreateExport CreateImport CreateMulti CreateReceipt
  CreateTemplate DeleteConfigurationSetTracking DeleteIdentity DeleteReceipt DeleteTemplate DeleteVerified Describe
  GetAccount GetBlacklist GetDedicatedIp$ GetDeliverabilityDashboard GetDomainDeliverability GetEmailAddress
  GetIdentity GetMessage GetSend GetTemplate List PutAccount PutDedicatedIpWarmup PutDeliverability PutIdentity
  Reorder Set TestRenderTemplate UpdateAccount UpdateConfiguration UpdateReceipt UpdateTemplate Verify | r Batch Get
  ListAddressListImportJobs ListContacts ListEmailIdentityCertificates ListMembersOfAddressList ListRecommendations
  ListReputationEntities ListResourceTenants ListSuppressedDestinations ListTagsForResource ListTenantResources Tag
  Untag | w UpdateConfigurationSet$ UpdateConfigurationSetEventDestination | p AllowVendedLogDeliveryForResource
  CreateEmailIdentityPolicy DeleteEmailIdentityPolicy ReplicateEmailIdentityDkimSigningKey UpdateEmailIdentityPolicy
shield: u | r DescribeAttack$ DescribeAttackContributors DescribeProtection ListMitigations
  ListResourcesInProtectionGroup ListTagsForResource TagResource UntagResource | w AssociateHealthCheck
  DeleteProtection DisassociateHealthCheck UpdateProtectionGroup
sns: u | r GetDataProtectionPolicy GetSubscriptionAttributes GetTopicAttributes ListSubscriptionsByTopic
  ListTagsForResource TagResource UntagResource | w ConfirmSubscription CreateTopic DeleteTopic Publish
  PutDataProtectionPolicy SetSubscriptionAttributes Subscribe Unsubscribe | p AddPermission RemovePermission
  SetTopicAttributes
sqs: w | u ListQueues | r Get List Receive Tag Untag | p AddPermission RemovePermission SetQueueAttributes
ssm: w | u CancelCommand CreateActivation CreateMaintenance CreateOps CreatePatch DeleteActivation DeleteInventory
  Describe Execute GetCommand GetDeployable GetExecution GetInventory GetMaintenanceWindowExecution GetManifest
  GetPatchBaselineFor List ListDocuments$ PutConfigure PutInventory RegisterManaged StartExecution | r Add
  DescribeAssociation DescribeAutomationStepExecutions DescribeDocument DescribeEffective
  DescribeInstanceAssociationsStatus DescribeInstancePatchStates$ DescribeInstancePatches
  DescribeMaintenanceWindowExecutions DescribeMaintenanceWindowTargets DescribeMaintenanceWindowTasks Get
  ListAssociationVersions ListDocument ListInstanceAssociations ListNodes ListTagsForResource Remove Validate | p
  DeleteResourcePolicy ModifyDocumentPermission PutResourcePolicy
ssmmessages: u
sso: u | u CreateApplicationInstance CreateManaged CreateProfile CreateTrust DeleteApplicationInstance DeleteManaged
  DeleteProfile DescribeRegistered GetApplicationInstance GetApplicationTemplate ListApplicationInstance
  ListApplicationInstances ListApplicationTemplates ListApplications ListDirectory ListInstances ListProfile
  ListProfiles | r Describe GetApplication GetInlinePolicyForPermissionSet GetPermissionsBoundaryForPermissionSet
  List TagResource UntagResource | w AddRegion Create CreateTrustedTokenIssuer$ Delete ProvisionPermissionSet
  PutApplication PutInlinePolicyToPermissionSet RemoveRegion UpdateApplication$ UpdateInstance
  UpdateTrustedTokenIssuer | p Attach DeletePermissionsBoundaryFromPermissionSet Detach
  PutPermissionsBoundaryToPermissionSet UpdatePermissionSet
states: w | u Invoke ListActivities ListStateMachines Reveal Send Test Validate | r Describe GetExecution List Tag
  Untag
sts: u | r TagSession | w Assume GetFederationToken Set
support: u
synthetics: w | u Create Describe ListGroups | r Get List Tag Untag
tag: u
textract: u | r GetAdapter ListTagsForResource TagResource UntagResource | w CreateAdapterVersion DeleteAdapter
  UpdateAdapter
transcribe: u | u GetMedicalScribeStream | r DescribeLanguageModel Get | w Delete Update
transfer: w | u CreateProfile CreateServer CreateWeb CreateWorkflow DescribeSecurity ImportCertificate List
  UpdateAccess | r Describe ListAccesses ListAgreements ListExecutions ListFileTransferResults ListHostKeys
  ListTagsForResource ListUsers Tag TestIdentity Untag
waf: w | u GetChange List | r Get ListTagsForResource Tag Untag | w CreateWebACLMigrationStack$ | p CreateWebACL
  DeletePermissionPolicy DeleteWebACL PutPermissionPolicy UpdateWebACL
waf-regional: w | u GetChange List | r Get ListResourcesForWebACL ListTagsForResource Tag Untag | w
  CreateWebACLMigrationStack$ | p CreateWebACL DeletePermissionPolicy DeleteWebACL PutPermissionPolicy UpdateWebACL
wafv2: w | u Check CreateAPI DeleteAPI Describe Generate GetDecrypted GetMobile GetRevenue List Validate | r Get
  ListResourcesForWebACL ListTagsForResource Tag Untag | p DeletePermissionPolicy PutPermissionPolicy
workspaces: w | u Accept CreateAccount CreateConnection CreateIp CreateTags DeleteAccount DeleteTags Describe Get
  Import Invoke List ModifyAccount Personalization Reject TerminateWorkspacesPoolSession UpdateConsent | r
  DescribeApplicationAssociations DescribeBundleAssociations DescribeClient DescribeConnectClientAddIns
  DescribeConnectionAliasPermissions DescribeImageAssociations DescribeIpGroups DescribeWorkspaceAssociations
  DescribeWorkspaceImagePermissions DescribeWorkspaceSnapshots DescribeWorkspacesPoolSessions Directory
  GetTroubleshootingRecommendation InvokeTroubleshootingInvestigation ListTroubleshootingRecommendations | w
  ImportClientBranding | p ModifySelfservicePermissions UpdateConnectionAliasPermission
  UpdateWorkspaceImagePermission
xray: u | u GetGroups$ | r GetGroup ListTagsForResource TagResource UntagResource | w Create DeleteGroup
  DeleteSamplingRule UpdateGroup UpdateSamplingRule
"""
