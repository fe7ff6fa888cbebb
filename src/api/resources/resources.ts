// All resources of the management API, in the order of the document.

import { absenceRoutes } from './absences.ts'
import { accessChangeRoutes } from './access-changes.ts'
import { accessDifferenceRoutes } from './access-differences.ts'
import { accessDigestRoutes } from './access-digest.ts'
import { accessReviewLineRoutes } from './access-review-lines.ts'
import { accessReviewTaskRoutes } from './access-review-tasks.ts'
import { accessReviewRoutes } from './access-reviews.ts'
import { accountRoutes } from './accounts.ts'
import { addressProposalRoutes } from './address-proposals.ts'
import { adoptionRoutes } from './adoption-requests.ts'
import { alarmRoutes } from './alarms.ts'
import { apiKeyRoutes } from './api-keys.ts'
import { applicationRoutes } from './applications.ts'
import { assetRoutes } from './assets.ts'
import { assignmentRoutes } from './assignments.ts'
import { auditEventRoutes } from './audit-events.ts'
import { brandingRoutes } from './branding.ts'
import { brandRoutes } from './brands.ts'
import { checklistRoutes } from './checklists.ts'
import { connectionRoutes } from './connections.ts'
import { cutOffRoutes } from './cut-off.ts'
import { deletedUserRoutes } from './deleted-users.ts'
import { directoryRoutes } from './directories.ts'
import { directoryClientRoutes } from './directory-clients.ts'
import { directoryTokenRoutes } from './directory-tokens.ts'
import { domainRoutes } from './domains.ts'
import { draftRoutes } from './drafts.ts'
import { emergencyRoutes } from './emergency.ts'
import { eventRoutes } from './events.ts'
import { extensionAttributeRoutes } from './extension-attributes.ts'
import { groupMemberRoutes } from './group-members.ts'
import { groupRoutes } from './groups.ts'
import { holderRoutes } from './holders.ts'
import { inactivityRoutes } from './inactivity.ts'
import { invitationListRoutes } from './invitation-lists.ts'
import { invitationRoutes } from './invitations.ts'
import { leftBehindRoutes } from './left-behind.ts'
import { linkRequestRoutes } from './link-requests.ts'
import { mailServerRoutes } from './mail-server.ts'
import { mailRoutes } from './mails.ts'
import { mappingRoutes } from './mappings.ts'
import { massChangeRoutes } from './mass-changes.ts'
import { organizationRoutes } from './organizations.ts'
import { ownershipRoutes } from './ownerships.ts'
import { personalDataRoutes } from './personal-data.ts'
import { platformRoutes } from './platform.ts'
import { platformApplicationRoutes } from './platform-applications.ts'
import { policyRoutes } from './policies.ts'
import { provisioningEventRoutes } from './provisioning-events.ts'
import { reportRoutes } from './reports.ts'
import { rolePackRoutes } from './role-packs.ts'
import { roleRoutes } from './roles.ts'
import { seatRoutes } from './seats.ts'
import { separationRoutes } from './separation-rules.ts'
import { sessionRoutes } from './sessions.ts'
import { settingsRoutes } from './settings.ts'
import { setupLinkRoutes } from './setup-links.ts'
import { signInAttemptRoutes } from './sign-in-attempts.ts'
import { signInExplanationRoutes } from './sign-in-explanation.ts'
import { signInPolicyRoutes } from './sign-in-policy.ts'
import { supportRoutes } from './support.ts'
import { teamContentRoutes } from './team-content.ts'
import { teamRoutes } from './teams.ts'
import { userAccessRoutes } from './user-access.ts'
import { userChangeRoutes } from './user-changes.ts'
import { userErasureRoutes } from './user-erasure.ts'
import { userImportRoutes } from './user-imports.ts'
import { userMatrixRoutes } from './user-matrix.ts'
import { userStatusRoutes } from './user-status.ts'
import { userRoutes } from './users.ts'
import { webhookRoutes } from './webhooks.ts'

export const resourceRoutes = [
  organizationRoutes,
  seatRoutes,
  platformRoutes,
  brandRoutes,
  userRoutes,
  userImportRoutes,
  userErasureRoutes,
  userStatusRoutes,
  cutOffRoutes,
  leftBehindRoutes,
  deletedUserRoutes,
  userChangeRoutes,
  userAccessRoutes,
  userMatrixRoutes,
  accountRoutes,
  emergencyRoutes,
  sessionRoutes,
  groupRoutes,
  groupMemberRoutes,
  holderRoutes,
  teamRoutes,
  teamContentRoutes,
  assetRoutes,
  ownershipRoutes,
  roleRoutes,
  rolePackRoutes,
  mappingRoutes,
  policyRoutes,
  draftRoutes,
  separationRoutes,
  accessChangeRoutes,
  assignmentRoutes,
  accessReviewRoutes,
  accessReviewLineRoutes,
  accessReviewTaskRoutes,
  directoryRoutes,
  adoptionRoutes,
  massChangeRoutes,
  reportRoutes,
  checklistRoutes,
  inactivityRoutes,
  absenceRoutes,
  personalDataRoutes,
  accessDifferenceRoutes,
  addressProposalRoutes,
  directoryClientRoutes,
  directoryTokenRoutes,
  extensionAttributeRoutes,
  provisioningEventRoutes,
  connectionRoutes,
  setupLinkRoutes,
  domainRoutes,
  signInPolicyRoutes,
  settingsRoutes,
  brandingRoutes,
  supportRoutes,
  accessDigestRoutes,
  signInAttemptRoutes,
  linkRequestRoutes,
  signInExplanationRoutes,
  applicationRoutes,
  platformApplicationRoutes,
  invitationListRoutes,
  invitationRoutes,
  mailRoutes,
  mailServerRoutes,
  apiKeyRoutes,
  auditEventRoutes,
  eventRoutes,
  webhookRoutes,
  alarmRoutes,
] as const
