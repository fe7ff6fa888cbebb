// Every verb of access and connections asks for its permission first, and what spans organizations is the operator's.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { previewClaims } from '#access/applications/preview-claims.ts'
import { decideOne, getEffectiveAccess } from '#access/decisions/effective-access.ts'
import { searchActions } from '#access/decisions/search-actions.ts'
import { searchBrands } from '#access/decisions/search-brands.ts'
import { searchSubjects } from '#access/decisions/search-subjects.ts'
import { listVisibleAssets } from '#access/decisions/visible-assets.ts'
import { deleteAssetType, listAssetTypes, putAssetType } from '#access/grants/assets/asset-types.ts'
import { getAsset, listAssets } from '#access/grants/assets/assets.ts'
import { deleteAsset, putAssets } from '#access/grants/assets/put-assets.ts'
import { getAssignment, listAssignments } from '#access/grants/assignments/assignments.ts'
import { createAssignment } from '#access/grants/assignments/create-assignment.ts'
import { deleteAssignment } from '#access/grants/assignments/delete-assignment.ts'
import { getGuestTerms } from '#access/grants/assignments/guests.ts'
import { getBrand, listBrands } from '#access/grants/brands/brands.ts'
import { createBrand } from '#access/grants/brands/create-brand.ts'
import { updateBrand } from '#access/grants/brands/update-brand.ts'
import { getMapping, listMappings } from '#access/grants/mappings/mappings.ts'
import { listOwnershipChanges, listOwnerships } from '#access/grants/ownerships/ownerships.ts'
import { deleteOwnerships, putOwnerships } from '#access/grants/ownerships/put-ownerships.ts'
import { cloneRole, createRole } from '#access/grants/roles/create-role.ts'
import { deleteRole } from '#access/grants/roles/delete-role.ts'
import { installRolePack } from '#access/grants/roles/install-role-pack.ts'
import { getRole, listRoles } from '#access/grants/roles/roles.ts'
import { listTeamPeople } from '#access/grants/teams/team-people.ts'
import { listTeamRoles } from '#access/grants/teams/team-roles.ts'
import { listTeamSources } from '#access/grants/teams/team-sources.ts'
import { getTeam, listTeams } from '#access/grants/teams/teams.ts'
import { getMailServer } from '#access/notices/mail/mail-server.ts'
import { removeMailServer } from '#access/notices/mail/remove-mail-server.ts'
import { setMailServer } from '#access/notices/mail/set-mail-server.ts'
import { tryMailServer } from '#access/notices/mail/try-mail-server.ts'
import { issueApiKey, listApiKeys, revokeApiKey } from '#access/organizations/api-keys/api-keys.ts'
import { getBranding } from '#access/organizations/branding/branding.ts'
import { changeBranding } from '#access/organizations/branding/change-branding.ts'
import { putLogo, removeLogo } from '#access/organizations/branding/change-logo.ts'
import { createOrganization } from '#access/organizations/create-organization.ts'
import { findOrganization, getOrganization, listOrganizations } from '#access/organizations/organizations.ts'
import { getAbsence, getAbsenceRule, listAbsences, setAbsenceRule } from '#access/people/absence/absences.ts'
import { cancelAbsence, changeAbsence, planAbsence } from '#access/people/absence/plan-absence.ts'
import { listAdoptionRequests } from '#access/people/adoption/adoption-requests.ts'
import { decideAdoptions } from '#access/people/adoption/decide-adoption.ts'
import { outlookOfMove } from '#access/people/adoption/outlook-of-move.ts'
import { getAccessDigest, setAccessDigest } from '#access/people/digest/access-digest.ts'
import { previewAccessDigest } from '#access/people/digest/send-digests.ts'
import { handOver } from '#access/people/hand-over/hand-over.ts'
import { getLeftBehind, listLeftBehind } from '#access/people/hand-over/left-behind.ts'
import { takeBack } from '#access/people/hand-over/take-back.ts'
import {
  endInactivityException,
  exceptFromInactivity,
  getInactivityStanding,
  listInactivityExceptions,
} from '#access/people/inactivity/exceptions.ts'
import { previewInactivity } from '#access/people/inactivity/outlook.ts'
import { getInactivityRule, saveInactivityRule, switchInactivityRuleOff } from '#access/people/inactivity/rule.ts'
import { listInactivityRuns, undoInactivityRun } from '#access/people/inactivity/runs.ts'
import { listGroups, listMembers } from '#access/people/list-groups.ts'
import { listUsers } from '#access/people/list-users.ts'
import { updateLocalGroup, updateLocalUser } from '#access/people/local.ts'
import { approveUser } from '#access/people/status/approve-user.ts'
import { deletePerson } from '#access/people/status/delete-person.ts'
import { listDeletedPeople } from '#access/people/status/deleted-people.ts'
import { restoreDeleted } from '#access/people/status/restore-deleted.ts'
import {
  listPlatformApplications,
  switchPlatformApplication,
} from '#access/platform/applications/platform-applications.ts'
import { getApplicationTerms, setApplicationTerms } from '#access/platform/applications/terms.ts'
import { issuePlatformKey, listPlatformKeys, revokePlatformKey } from '#access/platform/keys/platform-keys.ts'
import { changeOrganization } from '#access/platform/organizations/change-organization.ts'
import { deleteOrganization } from '#access/platform/organizations/delete-organization.ts'
import { getPlatformOrganization, searchOrganizations } from '#access/platform/organizations/platform-organizations.ts'
import { setUpOrganization } from '#access/platform/organizations/set-up-organization.ts'
import type { AccessChange } from '#access/previews/change.ts'
import { confirmChange } from '#access/previews/preview.ts'
import { cancelReview, resumeReview, suspendReview, takeOverReview } from '#access/reviews/change-review.ts'
import { closeReview, previewClosing } from '#access/reviews/close-review.ts'
import { exportEvidence } from '#access/reviews/evidence.ts'
import { countLines, listReviewLines } from '#access/reviews/lines/lines.ts'
import { listReviewTasks } from '#access/reviews/lines/tasks.ts'
import { giveBackTask, restoreReview } from '#access/reviews/restore-review.ts'
import { previewReview, scheduleReview } from '#access/reviews/schedule-review.ts'
import { getReview, listReviews } from '#access/reviews/scope/reviews.ts'
import { listAuditEvents } from '#audit/list-events.ts'
import { createDirectoryClient, revokeDirectoryClient } from '#connections/directories/change-directory-clients.ts'
import { createDirectory } from '#connections/directories/create-directory.ts'
import { declareAttribute } from '#connections/directories/declare-attribute.ts'
import { deleteDirectory } from '#connections/directories/delete-directory.ts'
import { getDirectory, listDirectories } from '#connections/directories/directories.ts'
import { listDirectoryClients } from '#connections/directories/directory-clients.ts'
import { listDirectoryTokens } from '#connections/directories/directory-tokens.ts'
import { issueDirectoryToken } from '#connections/directories/issue-directory-token.ts'
import { revokeDirectoryToken } from '#connections/directories/revoke-directory-token.ts'
import { rotateDirectoryClient } from '#connections/directories/rotate-directory-client.ts'
import { updateDirectory } from '#connections/directories/update-directory.ts'
import { contentOf } from '#directory/user-content.ts'
import type { CallContext } from '#src/context.ts'
import { type AccessStage, startStage } from '../support/access.ts'

let stage: AccessStage
let powerless: CallContext
beforeAll(async () => {
  stage = await startStage()
  const { ctx } = await stage.createClient()
  powerless = { ...ctx, actor: { type: 'api_key', id: 'key_test' }, permissions: new Set() }
})
afterAll(() => stage.close())

const named = { key: 'x', name: 'X', purpose: 'X' }

const mailServer = {
  ...{ host: 'mail.example.com', port: 465, security: 'tls' as const, username: null },
  ...{ senderAddress: 'x@example.com', senderName: 'X' },
}

const changing = (change: AccessChange) => (ctx: CallContext) => confirmChange(ctx, change, undefined)

const verbs: Record<string, (ctx: CallContext) => unknown> = {
  issueApiKey: (ctx) => issueApiKey(ctx, { name: 'X' }),
  listApiKeys: (ctx) => listApiKeys(ctx),
  revokeApiKey: (ctx) => revokeApiKey(ctx, 'x'),
  getAssignment: (ctx) => getAssignment(ctx, 'x'),
  listAssignments: (ctx) => listAssignments(ctx),
  createAssignment: (ctx) => createAssignment(ctx, { userId: 'x', roleId: 'x', reason: 'x' }),
  deleteAssignment: (ctx) => deleteAssignment(ctx, 'x'),
  getBrand: (ctx) => getBrand(ctx, 'x'),
  listBrands: (ctx) => listBrands(ctx),
  createBrand: (ctx) => createBrand(ctx, { slug: 'x', name: 'X' }),
  updateBrand: (ctx) => updateBrand(ctx, { brandId: 'x' }),
  deleteBrand: changing({ kind: 'delete_brand', brandId: 'x' }),
  createDirectoryClient: (ctx) => createDirectoryClient(ctx, { directoryId: 'x', name: 'x', kind: 'secret' }),
  revokeDirectoryClient: (ctx) => revokeDirectoryClient(ctx, { directoryId: 'x', clientId: 'x' }),
  rotateDirectoryClient: (ctx) => rotateDirectoryClient(ctx, { directoryId: 'x', clientId: 'x' }),
  listDirectoryClients: (ctx) => listDirectoryClients(ctx, 'x'),
  declareAttribute: (ctx) =>
    declareAttribute(ctx, { directoryId: 'x', resource: 'User', urn: 'urn:example:x', name: 'x', type: 'string' }),
  getEffectiveAccess: (ctx) => getEffectiveAccess(ctx, 'x'),
  previewClaims: (ctx) => previewClaims(ctx, { applicationId: 'x', user: 'x' }),
  searchActions: (ctx) => searchActions(ctx, { user: 'x' }, { limit: 1 }),
  searchBrands: (ctx) => searchBrands(ctx, { user: 'x', permission: 'x' }, { limit: 1 }),
  searchSubjects: (ctx) => searchSubjects(ctx, { permission: 'x' }, { limit: 1 }),
  decideOne: (ctx) => decideOne(ctx, { user: 'x', permission: 'x' }),
  listTeams: (ctx) => listTeams(ctx),
  getTeam: (ctx) => getTeam(ctx, 'x'),
  listTeamPeople: (ctx) => listTeamPeople(ctx, { teamId: 'x' }),
  listTeamSources: (ctx) => listTeamSources(ctx, 'x'),
  listTeamRoles: (ctx) => listTeamRoles(ctx, 'x'),
  createTeam: changing({ kind: 'create_team', name: 'x' }),
  updateTeam: changing({ kind: 'update_team', teamId: 'x' }),
  deleteTeam: changing({ kind: 'delete_team', teamId: 'x' }),
  fillTeam: changing({ kind: 'fill_team', teamId: 'x', sources: [{ groupId: 'x' }] }),
  giveTeamRoles: changing({ kind: 'give_team_roles', teamId: 'x', roles: [{ roleId: 'x', reason: 'x' }] }),
  takeTeamRoles: changing({ kind: 'take_team_roles', teamRoleIds: ['x'] }),
  putAssetType: (ctx) => putAssetType(ctx, { name: 'x', label: 'x' }),
  listAssetTypes: (ctx) => listAssetTypes(ctx),
  deleteAssetType: (ctx) => deleteAssetType(ctx, 'x'),
  listAssets: (ctx) => listAssets(ctx),
  getAsset: (ctx) => getAsset(ctx, { type: 'x', id: 'x' }),
  putAssets: (ctx) => putAssets(ctx, { assets: [{ type: 'x', id: 'x', name: 'x' }] }),
  deleteAsset: (ctx) => deleteAsset(ctx, { type: 'x', id: 'x' }),
  listOwnerships: (ctx) => listOwnerships(ctx),
  listOwnershipChanges: (ctx) => listOwnershipChanges(ctx),
  putOwnerships: (ctx) => putOwnerships(ctx, { ownerships: [{ type: 'x', id: 'x', name: 'x', user: 'x' }] }),
  deleteOwnerships: (ctx) => deleteOwnerships(ctx, { type: 'x', id: 'x' }),
  listLeftBehind: (ctx) => listLeftBehind(ctx, { limit: 1 }),
  getLeftBehind: (ctx) => getLeftBehind(ctx, 'x'),
  handOver: (ctx) => handOver(ctx, { userId: 'x', to: 'x' }),
  takeBack: (ctx) => takeBack(ctx, 'x'),
  deletePerson: (ctx) => deletePerson(ctx, { userId: 'x' }),
  listDeletedPeople: (ctx) => listDeletedPeople(ctx, { limit: 1 }),
  restoreDeleted: (ctx) => restoreDeleted(ctx, 'x'),
  listVisibleAssets: (ctx) => listVisibleAssets(ctx, { user: 'x', permission: 'x' }),
  createMapping: changing({ kind: 'create_mappings', mappings: [{ groupId: 'x', roleId: 'x' }] }),
  deleteMapping: changing({ kind: 'delete_mappings', mappingIds: ['x'] }),
  getMapping: (ctx) => getMapping(ctx, 'x'),
  listMappings: (ctx) => listMappings(ctx),
  createOrganization: (ctx) => createOrganization(ctx, { slug: 'forbidden', name: 'X' }),
  findOrganization: (ctx) => findOrganization(ctx, 'x'),
  getOrganization: (ctx) => getOrganization(ctx, ctx.organizationId),
  listOrganizations: (ctx) => listOrganizations(ctx),
  changeOrganization: (ctx) => changeOrganization({ ...ctx, permissions: 'all' }, ctx.organizationId, {}),
  deleteOrganization: (ctx) => deleteOrganization({ ...ctx, permissions: 'all' }, ctx.organizationId),
  setUpOrganization: (ctx) => setUpOrganization({ ...ctx, permissions: 'all' }, { slug: 'forbidden', name: 'X' }),
  searchOrganizations: (ctx) => searchOrganizations({ ...ctx, permissions: 'all' }, { limit: 1 }),
  getPlatformOrganization: (ctx) => getPlatformOrganization({ ...ctx, permissions: 'all' }, ctx.organizationId),
  listPlatformApplications: (ctx) => listPlatformApplications(ctx),
  switchPlatformApplication: (ctx) => switchPlatformApplication(ctx, { applicationId: 'x', isOn: true }),
  getApplicationTerms: (ctx) => getApplicationTerms(ctx, 'x'),
  setApplicationTerms: (ctx) => setApplicationTerms(ctx, 'x', {}),
  issuePlatformKey: (ctx) => issuePlatformKey({ ...ctx, permissions: 'all' }, { name: 'x' }),
  listPlatformKeys: (ctx) => listPlatformKeys({ ...ctx, permissions: 'all' }),
  revokePlatformKey: (ctx) => revokePlatformKey({ ...ctx, permissions: 'all' }, 'x'),
  updateOrganization: changing({ kind: 'update_organization', organization: {} }),
  listGroups: (ctx) => listGroups(ctx),
  listMembers: (ctx) => listMembers(ctx, { groupId: 'x' }),
  listUsers: (ctx) => listUsers(ctx, {}),
  updateLocalUser: (ctx) => updateLocalUser(ctx, { userId: 'x', change: contentOf }),
  updateLocalGroup: (ctx) => updateLocalGroup(ctx, { groupId: 'x' }),
  removeMembers: changing({ kind: 'remove_members', groupId: 'x', memberIds: ['x'] }),
  deleteLocalGroup: changing({ kind: 'delete_group', groupId: 'x' }),
  listAbsences: (ctx) => listAbsences(ctx, { limit: 1 }),
  getAbsence: (ctx) => getAbsence(ctx, 'x'),
  planAbsence: (ctx) => planAbsence(ctx, { userId: 'x', until: '2099-01-01T00:00:00Z', reason: 'x' }),
  changeAbsence: (ctx) => changeAbsence(ctx, { absenceId: 'x' }),
  cancelAbsence: (ctx) => cancelAbsence(ctx, 'x'),
  getAbsenceRule: (ctx) => getAbsenceRule(ctx),
  setAbsenceRule: (ctx) => setAbsenceRule(ctx, { atReturn: 'return' }),
  getAccessDigest: (ctx) => getAccessDigest(ctx),
  getMailServer: (ctx) => getMailServer(ctx),
  setMailServer: (ctx) => setMailServer(ctx, { ...mailServer, status: 'on' }),
  tryMailServer: (ctx) => tryMailServer(ctx, { ...mailServer, to: 'ops@example.com' }),
  removeMailServer: (ctx) => removeMailServer(ctx),
  getBranding: (ctx) => getBranding(ctx),
  changeBranding: (ctx) => changeBranding(ctx, { displayName: 'Acme' }),
  putLogo: (ctx) => putLogo(ctx, new Uint8Array()),
  removeLogo: (ctx) => removeLogo(ctx),
  setAccessDigest: (ctx) => setAccessDigest(ctx, { pace: 'off' }),
  previewAccessDigest: (ctx) => previewAccessDigest(ctx),
  getInactivityRule: (ctx) => getInactivityRule(ctx),
  saveInactivityRule: (ctx) => saveInactivityRule(ctx, { warnDays: 1, deactivateDays: 2 }),
  switchInactivityRuleOff: (ctx) => switchInactivityRuleOff(ctx),
  previewInactivity: (ctx) => previewInactivity(ctx),
  exceptFromInactivity: (ctx) => exceptFromInactivity(ctx, { userId: 'x', reason: 'x' }),
  endInactivityException: (ctx) => endInactivityException(ctx, 'x'),
  listInactivityExceptions: (ctx) => listInactivityExceptions(ctx, { limit: 1 }),
  getInactivityStanding: (ctx) => getInactivityStanding(ctx, 'x'),
  listInactivityRuns: (ctx) => listInactivityRuns(ctx, { limit: 1 }),
  undoInactivityRun: (ctx) => undoInactivityRun(ctx, 'x'),
  approveUser: (ctx) => approveUser(ctx, 'x'),
  admitArrivals: changing({ kind: 'admit_arrivals', directoryId: 'x' }),
  moveDirectory: changing({ kind: 'move_directory', fromDirectoryId: 'x', toDirectoryId: 'y', groups: [] }),
  outlookOfMove: (ctx) => outlookOfMove(ctx, { fromDirectoryId: 'x', toDirectoryId: 'y' }),
  listAdoptionRequests: (ctx) => listAdoptionRequests(ctx, { directoryId: 'x', limit: 1 }),
  decideAdoptions: (ctx) => decideAdoptions(ctx, { directoryId: 'x', requests: 'all', decision: 'adopt' }),
  getGuestTerms: (ctx) => getGuestTerms(ctx),
  createRole: (ctx) => createRole(ctx, named),
  cloneRole: (ctx) => cloneRole(ctx, { roleId: 'x', ...named }),
  updateRole: changing({ kind: 'update_role', role: { roleId: 'x' } }),
  createPolicy: changing({ kind: 'create_policy', policy: { name: 'x', permission: 'content.view' } }),
  deletePolicy: changing({ kind: 'delete_policy', policyId: 'x' }),
  deleteAssignments: changing({ kind: 'delete_assignments', assignmentIds: ['x'] }),
  deleteRole: (ctx) => deleteRole(ctx, 'x'),
  installRolePack: (ctx) => installRolePack(ctx, 'owner5'),
  getRole: (ctx) => getRole(ctx, 'x'),
  listRoles: (ctx) => listRoles(ctx),
  listAuditEvents: (ctx) => listAuditEvents(ctx, { limit: 1 }),
  createDirectory: (ctx) => createDirectory(ctx, { name: 'X' }),
  updateDirectory: (ctx) => updateDirectory(ctx, { directoryId: 'x' }),
  deleteDirectory: (ctx) => deleteDirectory(ctx, 'x'),
  getDirectory: (ctx) => getDirectory(ctx, 'x'),
  listDirectories: (ctx) => listDirectories(ctx),
  listDirectoryTokens: (ctx) => listDirectoryTokens(ctx, { directoryId: 'x' }),
  issueDirectoryToken: (ctx) => issueDirectoryToken(ctx, { directoryId: 'x' }),
  scheduleReview: (ctx) => scheduleReview(ctx, { name: 'x', fallbackId: 'x' }),
  previewReview: (ctx) => previewReview(ctx, { name: 'x', fallbackId: 'x' }),
  listReviews: (ctx) => listReviews(ctx, { limit: 1 }),
  getReview: (ctx) => getReview(ctx, 'x'),
  listReviewLines: (ctx) => listReviewLines(ctx, { reviewId: 'x', filter: {}, limit: 1 }),
  countLines: (ctx) => countLines(ctx, 'x'),
  previewClosing: (ctx) => previewClosing(ctx, 'x'),
  closeReview: (ctx) => closeReview(ctx, { reviewId: 'x', hash: 'x' }),
  suspendReview: (ctx) => suspendReview(ctx, 'x'),
  resumeReview: (ctx) => resumeReview(ctx, 'x'),
  cancelReview: (ctx) => cancelReview(ctx, 'x'),
  takeOverReview: (ctx) => takeOverReview(ctx, 'x'),
  restoreReview: (ctx) => restoreReview(ctx, { reviewId: 'x' }),
  exportEvidence: (ctx) => exportEvidence(ctx, { reviewId: 'x', format: 'csv' }),
  listReviewTasks: (ctx) => listReviewTasks(ctx, { limit: 1 }),
  giveBackTask: (ctx) => giveBackTask(ctx, 'x'),
  revokeDirectoryToken: (ctx) => revokeDirectoryToken(ctx, { directoryId: 'x', tokenId: 'x' }),
}

test.each(Object.entries(verbs))('%s is forbidden without its permission', async (_name, verb) => {
  await expect((async () => verb(powerless))()).rejects.toMatchObject({ code: 'forbidden' })
})
