"""Actions with which one gets further: more permissions, credentials, or the data itself.

Sources: the Service Authorization Reference of AWS; the paths to more permissions are those that Rhino Security Labs
("AWS IAM privilege escalation") and pathfinding.cloud describe, without those that need a machine that runs already.
"""

from __future__ import annotations

_PATHS = """
iam:AddUserToGroup
iam:AttachGroupPolicy
iam:AttachRolePolicy
iam:AttachUserPolicy
iam:CreateAccessKey
iam:CreateLoginProfile
iam:CreatePolicyVersion
iam:PutGroupPolicy
iam:PutRolePolicy
iam:PutUserPolicy
iam:SetDefaultPolicyVersion
iam:UpdateAssumeRolePolicy
iam:UpdateLoginProfile
glue:UpdateDevEndpoint
lambda:UpdateFunctionCode
iam:PassRole apprunner:CreateService
iam:PassRole autoscaling:CreateAutoScalingGroup autoscaling:CreateLaunchConfiguration
iam:PassRole cloudformation:CreateStack
iam:PassRole codebuild:CreateProject codebuild:StartBuild
iam:PassRole codebuild:CreateProject codebuild:StartBuildBatch
iam:PassRole codestar:CreateProject
iam:PassRole datapipeline:CreatePipeline
iam:PassRole ec2:RequestSpotInstances
iam:PassRole ec2:RunInstances
iam:PassRole ecs:RegisterTaskDefinition ecs:CreateService
iam:PassRole ecs:RegisterTaskDefinition ecs:RunTask
iam:PassRole ecs:RegisterTaskDefinition ecs:StartTask
iam:PassRole glue:CreateDevEndpoint
iam:PassRole glue:CreateJob glue:CreateTrigger
iam:PassRole glue:CreateJob glue:StartJobRun
iam:PassRole glue:UpdateJob glue:StartJobRun
iam:PassRole lambda:CreateFunction lambda:AddPermission
iam:PassRole lambda:CreateFunction lambda:CreateEventSourceMapping
iam:PassRole lambda:CreateFunction lambda:InvokeFunction
iam:PassRole sagemaker:CreateNotebookInstance
iam:PassRole sagemaker:CreateProcessingJob
iam:PassRole sagemaker:CreateTrainingJob
"""

_CREDENTIALS = """
chime:CreateApiKey
codepipeline:PollForJobs
cognito-identity:GetCredentialsForIdentity
cognito-identity:GetOpenIdToken
cognito-identity:GetOpenIdTokenForDeveloperIdentity
connect:GetFederationToken
connect:GetFederationTokens
ec2:GetPasswordData
eks-auth:AssumeRoleForPodIdentity
gamelift:GetComputeAuthToken
gamelift:GetInstanceAccess
gamelift:RequestUploadCredentials
iam:CreateAccessKey
iam:CreateLoginProfile
iam:CreateServiceSpecificCredential
iam:ResetServiceSpecificCredential
iam:UpdateAccessKey
lightsail:GetBucketAccessKeys
lightsail:GetInstanceAccessDetails
lightsail:GetRelationalDatabaseMasterUserPassword
mediapackage:RotateChannelCredentials
mediapackage:RotateIngestEndpointCredentials
rds-db:connect
redshift:GetClusterCredentials
redshift:GetClusterCredentialsWithIAM
redshift-serverless:GetCredentials
sso:GetRoleCredentials
sts:AssumeRole
sts:AssumeRoleWithSAML
sts:AssumeRoleWithWebIdentity
sts:GetFederationToken
sts:GetSessionToken
"""

_DATA = """
rds:CopyDBClusterSnapshot
rds:CopyDBSnapshot
rds:CreateDBClusterSnapshot
rds:CreateDBSnapshot
s3:GetObject
s3:GetObjectVersion
secretsmanager:BatchGetSecretValue
secretsmanager:GetSecretValue
ssm:GetParameter
ssm:GetParameterHistory
ssm:GetParameters
ssm:GetParametersByPath
"""

ESCALATIONS = tuple(frozenset(row.lower().split()) for row in _PATHS.split("\n") if row)
"""Sets of actions, in lower case, that lead to more permissions when they are allowed together on all resources."""
ESCALATING = frozenset().union(*ESCALATIONS)
CREDENTIALS = frozenset(_CREDENTIALS.lower().split())
"""Actions that hand out keys, tokens or passwords. A registry's token is left out: it opens what IAM allows."""
DATA = frozenset(_DATA.lower().split())
"""Actions that read objects, secrets and parameters, or copy a database."""

_NAMES = {name.lower(): name for name in f"{_PATHS} {_CREDENTIALS} {_DATA}".split()}


def spelled(action: str) -> str:
    """An action of one of these sets as AWS spells it."""
    return _NAMES[action]
