{
  "Version": "2012-10-17",
  "Statement": [
%{ for i, arn in arns ~}
    {"Effect": "Allow", "Action": "s3:*", "Resource": "${arn}"}%{ if i < length(arns) - 1 },%{ endif }
%{ endfor ~}
    , {"Effect": "Allow", "Action": "kms:*", "Resource": "${key}", "Condition": {"StringEquals": {"aws:RequestedRegion": "${region}"}}}
  ]
}
