{{/* The name of all objects. */}}
{{- define "penstock.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* The labels that select Pods. Takes (list . COMPONENT). */}}
{{- define "penstock.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ default $root.Chart.Name $root.Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* The labels of objects. Takes (list . COMPONENT). */}}
{{- define "penstock.labels" -}}
{{- $root := index . 0 -}}
{{ include "penstock.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63 }}
{{- with $root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "penstock.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}
{{- end -}}

{{- define "penstock.controller.account" -}}
{{- default (include "penstock.fullname" .) .Values.controller.serviceAccount.name -}}
{{- end -}}

{{- define "penstock.node.name" -}}
{{ include "penstock.fullname" . }}-node
{{- end -}}

{{- define "penstock.node.account" -}}
{{- default (include "penstock.node.name" .) .Values.node.serviceAccount.name -}}
{{- end -}}

{{/* Whether metrics of the node side can be reached from other machines: "true" or nothing. */}}
{{- define "penstock.node.metricsAreOpen" -}}
{{- if and .Values.node.enabled (not (has .Values.node.metricsHost (list "127.0.0.1" "::1"))) }}true{{ end -}}
{{- end -}}

{{/* An address and port as one. Takes (list ADDRESS PORT). */}}
{{- define "penstock.endpoint" -}}
{{- $host := index . 0 -}}
{{ if contains ":" $host }}[{{ $host }}]{{ else }}{{ $host }}{{ end }}:{{ index . 1 }}
{{- end -}}

{{/* roleRef and subjects of a binding. Takes (list . KIND ROLE ACCOUNT). */}}
{{- define "penstock.binding" -}}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ index . 1 }}
  name: {{ index . 2 }}
subjects:
- kind: ServiceAccount
  name: {{ index . 3 }}
  namespace: {{ (index . 0).Release.Namespace }}
{{- end -}}

{{/* What is served: in all namespaces by the ClusterRole, else by a Role in each. */}}
{{- define "penstock.scopeRules" -}}
- apiGroups: [networking.k8s.io]
  resources: [ingresses]
  verbs: [get, list, watch]
- apiGroups: [""]
  resources: [services]
  verbs: [list, watch]
- apiGroups: [discovery.k8s.io]
  resources: [endpointslices]
  verbs: [list, watch]
# Only Secrets of type kubernetes.io/tls are asked for, and only those that an Ingress names are kept.
- apiGroups: [""]
  resources: [secrets]
  verbs: [get, list, watch]
- apiGroups: [networking.k8s.io]
  resources: [ingresses/status]
  verbs: [patch]
{{ include "penstock.eventRules" . }}
{{- end -}}

{{/* What is wrong with an object is shown by it. */}}
{{- define "penstock.eventRules" -}}
- apiGroups: [""]
  resources: [events]
  verbs: [create, get, patch]
{{- end -}}

{{/* Values that the schema cannot judge. */}}
{{- define "penstock.check" -}}
{{- if and .Values.node.enabled (not .Values.node.apiServer.host) -}}
{{- fail "node.apiServer.host is needed: the API server's own address, such as 192.0.2.1; that of its Service leads nowhere before there are rules" -}}
{{- end -}}
{{- if and (not .Values.rbac.clusterScoped) (not .Values.scope.namespaces) -}}
{{- fail "rbac.clusterScoped=false needs scope.namespaces: without a ClusterRole, only namespaces that are named can be read" -}}
{{- end -}}
{{- if and .Values.controller.autoscaling.enabled (gt (int .Values.controller.autoscaling.minReplicas) (int .Values.controller.autoscaling.maxReplicas)) -}}
{{- fail "controller.autoscaling.minReplicas is above maxReplicas" -}}
{{- end -}}
{{- if and .Values.controller.autoscaling.enabled (ne .Values.controller.kind "Deployment") -}}
{{- fail "controller.autoscaling.enabled needs controller.kind=Deployment: a DaemonSet has a Pod on each node" -}}
{{- end -}}
{{- if and .Values.controller.proxyProtocol (not .Values.controller.trustedProxies) -}}
{{- fail "controller.proxyProtocol needs controller.trustedProxies: the networks of those who send it" -}}
{{- end -}}
{{- end -}}
