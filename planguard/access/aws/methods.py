"""The known methods by which a principal of AWS gets at more access: which actions each takes, and on what.

Sources: pathfinding.cloud (its paths by id, with required permissions and what they are needed on); Rhino Security
Labs, "AWS IAM privilege escalation: methods and mitigation"; Service Authorization Reference (the kind of resource
that each action is checked against); the documentation of each service on the roles that it takes.
"""

from __future__ import annotations

from msgspec import Struct

from planguard.access.aws.principals import GROUP, ROLE, USER

POLICY = "policy"
FUNCTION, STACK, PROJECT, SERVICE = "function", "stack", "project", "service"
ENDPOINT, INSTANCE, TEMPLATE, NOTEBOOK = "endpoint", "instance", "template", "notebook"
TASK, INTERPRETER, DOCUMENT, ANY = "task", "interpreter", "document", ""

ARNS = {
    ROLE: "arn:{partition}:iam::{account}:role/{name}",
    USER: "arn:{partition}:iam::{account}:user/{name}",
    GROUP: "arn:{partition}:iam::{account}:group/{name}",
    POLICY: "arn:{partition}:iam::{account}:policy/{name}",
    FUNCTION: "arn:{partition}:lambda:{region}:{account}:function:{name}",
    STACK: "arn:{partition}:cloudformation:{region}:{account}:stack/{name}/{name}",
    PROJECT: "arn:{partition}:codebuild:{region}:{account}:project/{name}",
    SERVICE: "arn:{partition}:apprunner:{region}:{account}:service/{name}/{name}",
    ENDPOINT: "arn:{partition}:glue:{region}:{account}:devEndpoint/{name}",
    INSTANCE: "arn:{partition}:ec2:{region}:{account}:instance/{name}",
    TEMPLATE: "arn:{partition}:ec2:{region}:{account}:launch-template/{name}",
    NOTEBOOK: "arn:{partition}:sagemaker:{region}:{account}:notebook-instance/{name}",
    TASK: "arn:{partition}:ecs:{region}:{account}:task/{name}/{name}",
    INTERPRETER: "arn:{partition}:bedrock-agentcore:{region}:{account}:code-interpreter/{name}",
    DOCUMENT: "arn:{partition}:ssm:{region}:*:document/{name}",
}
"""What the ARNs of each kind look like."""

WORDS = {
    FUNCTION: "function",
    STACK: "stack",
    PROJECT: "build project",
    SERVICE: "App Runner service",
    ENDPOINT: "Glue development endpoint",
    INSTANCE: "instance",
    TEMPLATE: "launch template",
    NOTEBOOK: "notebook instance",
    TASK: "ECS task",
    INTERPRETER: "code interpreter",
}
"""What a person calls each kind."""

OWN, NEW, KEYS, MEMBER = "own", "new", "keys", "member"
TRUST, PASS, RUN, ASSUME = "trust", "pass", "run", "assume"


class Need(Struct, frozen=True):
    """A request that a method takes.

    :ivar actions: one of these, as AWS writes them
    :ivar on: the kind of resource that it is checked against; empty for what the method makes itself, of any name
    """

    actions: tuple[str, ...]
    on: str = ANY


class Method(Struct, frozen=True):
    """One way to more access.

    :ivar gain: what it gets at: ``own`` access as one pleases for whom a policy is written, or for a ``new``
        principal; the ``keys`` of a user; a ``member``'s access of a group; what a role may do by its ``trust``
        policy, by ``pass``-ing it to a service, by what does ``run`` with it already, or by ``assume``-ing it
    :ivar needs: all of these; the first is on what the target is told by, and the others that are of its kind are
        on the same
    :ivar text: what one does, after "can"; ``{}`` for what it is done to
    :ivar services: to which service a role is passed, one of them; the role has to trust it
    """

    gain: str
    needs: tuple[Need, ...]
    text: str
    services: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What tells it from others: the first action of each need, with ``+`` between them."""
        return "+".join(dict.fromkeys(need.actions[0] for need in self.needs))

    @property
    def on(self) -> str:
        """The kind of what it is done to."""
        return self.needs[0].on


def _method(gain: str, kind: str, needs: str, text: str, *services: str) -> Method:
    """A row: needs are ``action|action`` with ``action@kind`` where that is another than the row's."""
    found = []
    for need in needs.split():
        actions, _, on = need.partition("@")
        own = kind if "@" not in need else on.removesuffix("any")
        found.append(Need(tuple(actions.split("|")), own))
    return Method(gain, tuple(found), text, tuple(f"{one}.amazonaws.com" for one in services))


def _pass(needs: str, text: str, *services: str) -> Method:
    others = " ".join(need if "@" in need else f"{need}@any" for need in needs.split())
    return _method(PASS, ROLE, f"iam:PassRole {others}", text, *services)


_INVOKE = "lambda:InvokeFunction|lambda:CreateEventSourceMapping|lambda:AddPermission|lambda:CreateFunctionUrlConfig"
_BUILD = "codebuild:StartBuild|codebuild:StartBuildBatch"
_SCALE = "autoscaling:CreateAutoScalingGroup|autoscaling:UpdateAutoScalingGroup"
_RUN_TASK = "ecs:RunTask|ecs:StartTask|ecs:CreateService|ecs:UpdateService"

METHODS = (
    # -- policies of one's own
    _method(OWN, POLICY, "iam:CreatePolicyVersion", "write a new version of {}"),
    _method(OWN, POLICY, "iam:SetDefaultPolicyVersion", "set another version of {} in force"),
    _method(OWN, USER, "iam:PutUserPolicy", "put an inline policy on {}"),
    _method(OWN, ROLE, "iam:PutRolePolicy", "put an inline policy on {}"),
    _method(OWN, GROUP, "iam:PutGroupPolicy", "put an inline policy on {}"),
    _method(OWN, USER, "iam:AttachUserPolicy", "attach AdministratorAccess to {}"),
    _method(OWN, ROLE, "iam:AttachRolePolicy", "attach AdministratorAccess to {}"),
    _method(OWN, GROUP, "iam:AttachGroupPolicy", "attach AdministratorAccess to {}"),
    # -- other principals
    _method(MEMBER, GROUP, "iam:AddUserToGroup", "add a user to {}"),
    _method(KEYS, USER, "iam:CreateAccessKey", "make access keys of {}"),
    _method(KEYS, USER, "iam:CreateLoginProfile", "give {} a password"),
    _method(KEYS, USER, "iam:UpdateLoginProfile", "change the password of {}"),
    _method(TRUST, ROLE, "iam:UpdateAssumeRolePolicy", "let itself assume {}"),
    _method(ASSUME, ROLE, "sts:AssumeRole", "assume {}"),
    # -- access that one gives to somebody whom one can become
    _method(OWN, ROLE, "iam:AttachRolePolicy sts:AssumeRole", "attach AdministratorAccess to {} and assume it"),
    _method(OWN, ROLE, "iam:PutRolePolicy sts:AssumeRole", "put an inline policy on {} and assume it"),
    _method(OWN, POLICY, "iam:CreatePolicyVersion sts:AssumeRole@role", "write a new version of {} and assume it"),
    _method(
        OWN, ROLE, "iam:AttachRolePolicy iam:UpdateAssumeRolePolicy",
        "attach AdministratorAccess to {} and let itself assume it",
    ),
    _method(
        OWN, ROLE, "iam:PutRolePolicy iam:UpdateAssumeRolePolicy",
        "put an inline policy on {} and let itself assume it",
    ),
    _method(
        OWN, POLICY, "iam:CreatePolicyVersion iam:UpdateAssumeRolePolicy@role",
        "write a new version of {} and let itself assume it",
    ),
    _method(
        OWN, USER, "iam:AttachUserPolicy iam:CreateAccessKey|iam:CreateLoginProfile|iam:UpdateLoginProfile",
        "attach AdministratorAccess to {} and make keys of it",
    ),
    _method(
        OWN, USER, "iam:PutUserPolicy iam:CreateAccessKey|iam:CreateLoginProfile|iam:UpdateLoginProfile",
        "put an inline policy on {} and make keys of it",
    ),
    # -- principals of one's own making: a new role trusts whom its maker says
    _method(NEW, ROLE, "iam:CreateRole iam:AttachRolePolicy|iam:PutRolePolicy", "make {} with every permission"),
    _method(
        NEW, USER,
        "iam:CreateUser iam:AttachUserPolicy|iam:PutUserPolicy iam:CreateAccessKey|iam:CreateLoginProfile",
        "make {} with every permission",
    ),
    # -- roles that one passes to something new
    _pass("ec2:RunInstances", "start an instance with {}", "ec2"),
    _pass("ec2:RequestSpotInstances", "start a spot instance with {}", "ec2"),
    _pass("ec2:AssociateIamInstanceProfile|ec2:ReplaceIamInstanceProfileAssociation",
          "give an instance that runs already {}", "ec2"),
    _pass(f"autoscaling:CreateLaunchConfiguration {_SCALE}",
          "start instances of an auto scaling group with {}", "ec2"),
    _pass(f"lambda:CreateFunction {_INVOKE}", "run a function with {}", "lambda"),
    _pass("lambda:UpdateFunctionConfiguration lambda:UpdateFunctionCode|lambda:InvokeFunction",
          "give a function that is there already {}", "lambda"),
    _pass("cloudformation:CreateStack", "create a stack with {}", "cloudformation"),
    _pass("cloudformation:CreateStackSet cloudformation:CreateStackInstances", "create a stack set with {}",
          "cloudformation"),
    _pass("cloudformation:UpdateStackSet", "change a stack set with {}", "cloudformation"),
    _pass(f"codebuild:CreateProject {_BUILD}", "run a build with {}", "codebuild"),
    _pass(f"codebuild:UpdateProject {_BUILD}", "give a build project that is there already {}", "codebuild"),
    _pass(f"ecs:RegisterTaskDefinition {_RUN_TASK}", "run an ECS task with {}", "ecs-tasks"),
    _pass("batch:RegisterJobDefinition batch:SubmitJob", "run a batch job with {}", "ecs-tasks"),
    _pass("elasticmapreduce:RunJobFlow", "start an EMR cluster with {}", "ec2"),
    _pass("emr-serverless:StartJobRun", "run an EMR serverless job with {}", "emr-serverless"),
    _pass("glue:CreateDevEndpoint", "make a Glue development endpoint with {}", "glue"),
    _pass("glue:CreateJob glue:StartJobRun|glue:CreateTrigger", "run a Glue job with {}", "glue"),
    _pass("glue:UpdateJob glue:StartJobRun|glue:CreateTrigger", "give a Glue job that is there already {}", "glue"),
    _pass("glue:CreateSession glue:RunStatement", "run a Glue session with {}", "glue"),
    _pass("datapipeline:CreatePipeline datapipeline:PutPipelineDefinition datapipeline:ActivatePipeline",
          "run a data pipeline with {}", "datapipeline", "ec2"),
    _pass("sagemaker:CreateNotebookInstance", "make a notebook instance with {}", "sagemaker"),
    _pass("sagemaker:CreateTrainingJob", "run a training job with {}", "sagemaker"),
    _pass("sagemaker:CreateProcessingJob", "run a processing job with {}", "sagemaker"),
    _pass("apprunner:CreateService", "run an App Runner service with {}", "tasks.apprunner"),
    _pass("states:CreateStateMachine|states:UpdateStateMachine states:StartExecution",
          "run a state machine with {}", "states"),
    _pass("bedrock-agentcore:CreateCodeInterpreter bedrock-agentcore:StartCodeInterpreterSession "
          "bedrock-agentcore:InvokeCodeInterpreter", "run a code interpreter with {}", "bedrock-agentcore"),
    # -- roles that something runs with already
    _method(RUN, FUNCTION, "lambda:UpdateFunctionCode", "change the code of {}"),
    _method(RUN, STACK, "cloudformation:UpdateStack", "change {}"),
    _method(RUN, STACK, "cloudformation:CreateChangeSet cloudformation:ExecuteChangeSet", "carry out changes of {}"),
    _method(RUN, PROJECT, "codebuild:StartBuild", "run commands of its own in {}"),
    _method(RUN, PROJECT, "codebuild:StartBuildBatch", "run commands of its own in a batch of {}"),
    _method(RUN, SERVICE, "apprunner:UpdateService", "change what runs in {}"),
    _method(RUN, ENDPOINT, "glue:UpdateDevEndpoint", "put its key on {}"),
    _method(
        RUN, INSTANCE, "ec2:ModifyInstanceAttribute ec2:StopInstances ec2:StartInstances",
        "change what {} does when it starts",
    ),
    _method(
        RUN, TEMPLATE, "ec2:CreateLaunchTemplateVersion ec2:ModifyLaunchTemplate",
        "change what instances of {} do when they start",
    ),
    _method(RUN, INSTANCE, "ec2-instance-connect:SendSSHPublicKey", "log in to {} with a key of its own"),
    _method(RUN, INSTANCE, "ssm:StartSession", "open a session on {}"),
    _method(RUN, INSTANCE, "ssm:SendCommand ssm:SendCommand@document", "run commands on {}"),
    _method(RUN, NOTEBOOK, "sagemaker:CreatePresignedNotebookInstanceUrl", "open {}"),
    _method(
        RUN, NOTEBOOK,
        "sagemaker:UpdateNotebookInstance sagemaker:StopNotebookInstance sagemaker:StartNotebookInstance "
        "sagemaker:CreateNotebookInstanceLifecycleConfig@any",
        "change what {} does when it starts",
    ),
    _method(RUN, TASK, "ecs:ExecuteCommand", "run commands in {}"),
    _method(
        RUN, INTERPRETER, "bedrock-agentcore:StartCodeInterpreterSession bedrock-agentcore:InvokeCodeInterpreter",
        "run code in {}",
    ),
)  # fmt: skip
"""All methods, in the order in which they are told."""

ACTIONS = tuple(sorted({action.lower() for one in METHODS for need in one.needs for action in need.actions}))
"""Every action of a method, in lower case."""

WRITING = frozenset(one.name for one in METHODS if one.gain == OWN and len(one.needs) > 1)
"""Methods that give any access to somebody whom one becomes: whatever he held before, that is everything."""
