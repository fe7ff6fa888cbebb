// The console: what administrators, brand managers and IT admins do, in a browser. Every page has an address and works without
// script; every change is a verb that the API has too.
import { Hono } from 'hono'
import { requireSameOrigin } from '#http/origin-check.ts'
import { requireSession } from '#http/require-session.tsx'
import { readSession } from '#http/session.ts'
import { isProofWanted, notFound } from '#platform/errors.ts'
import { createAudit } from './audit/audit.tsx'
import { createBrands } from './brands/brands.tsx'
import { createChanges } from './changes/changes.tsx'
import { createChecklists } from './checklists/checklists.tsx'
import { createConnect } from './connect/connect.tsx'
import { createConnectionPages } from './connections/connections.tsx'
import { createDirectoryPages } from './directories/directories.tsx'
import { createDrafts } from './drafts/drafts.tsx'
import { createEmergencyPages } from './emergency/emergency.tsx'
import { createGroups } from './groups/groups.tsx'
import { requireManager } from './guard.ts'
import { createInvitations } from './invitations/invitations.tsx'
import { createMappings } from './mappings/mappings.tsx'
import { createOverview } from './overview/overview.tsx'
import { createPolicies } from './policies/policies.tsx'
import { createAgain } from './proof/again.tsx'
import { proveFirst } from './proof/prove-first.ts'
import { createProvisioningPages } from './provisioning/provisioning.tsx'
import { createReports } from './reports/reports.tsx'
import { createReviews } from './reviews/reviews.tsx'
import { createRoles } from './roles/roles.tsx'
import { createSeparation } from './separation/separation.tsx'
import { createApiKeyPages } from './settings/api-keys.tsx'
import { createApplicationPages } from './settings/applications.tsx'
import { createBrandingPages } from './settings/branding.tsx'
import { createDigestPages } from './settings/digest.tsx'
import { createDomains } from './settings/domains.tsx'
import { createGeneral } from './settings/general.tsx'
import { createInactivityPages } from './settings/inactivity.tsx'
import { createMailPages } from './settings/mail.tsx'
import { createMailServerPages } from './settings/mail-server.tsx'
import { createPlatformApplicationPages } from './settings/platform-application-pages.tsx'
import { createSignInSettings } from './settings/sign-in.tsx'
import { createSupportPages } from './settings/support.tsx'
import { createWebhookPages } from './settings/webhooks.tsx'
import { createSignInPages } from './sign-ins/sign-ins.tsx'
import { leaveAsSupport, readSupport } from './support/support.ts'
import { createTeams } from './teams/teams.tsx'
import type { ConsoleEnv, ConsoleServices } from './ui/env.ts'
import { renderRefusal } from './ui/refusal.tsx'
import { createCutOffPages } from './users/cut-off-page.tsx'
import { createErasePages } from './users/erase.tsx'
import { createDeletedPages } from './users/status/deleted-pages.tsx'
import { createLeftBehindPages } from './users/status/left-behind-pages.tsx'
import { createUsers } from './users/users.tsx'

/** @returns an app to be mounted at `/console` */
export function createConsole(services: ConsoleServices): Hono<ConsoleEnv> {
  const console = new Hono<ConsoleEnv>()
  console.use((c, next) => {
    // No path here holds a token; which page a form is on has to be known where its session has ended.
    Object.assign(c.get('frame'), { 'Referrer-Policy': 'strict-origin-when-cross-origin' })
    return next()
  })
  console.use(requireSameOrigin({ origin: services.urls.origin }), readSession(services))
  console.use(readSupport(services), requireSession(services))
  console.use(requireManager(services))
  console.route('/', createOverview())
  console.route('/users', createErasePages())
  console.route('/users', createCutOffPages())
  console.route('/audit', createAudit())
  console.route('/reports', createReports())
  console.route('/checklists', createChecklists())
  console.route('/deleted-people', createDeletedPages())
  console.route('/left-behind', createLeftBehindPages())
  console.route('/brands', createBrands())
  console.route('/groups', createGroups())
  console.route('/teams', createTeams())
  console.route('/invitations', createInvitations())
  console.route('/users', createUsers())
  console.route('/roles', createRoles())
  console.route('/mappings', createMappings())
  console.route('/policies', createPolicies())
  console.route('/separation', createSeparation())
  console.route('/drafts', createDrafts())
  console.route('/reviews', createReviews())
  console.route('/changes', createChanges())
  console.route('/settings/sign-in', createSignInSettings())
  console.route('/settings', createGeneral())
  console.route('/settings', createPlatformApplicationPages())
  console.route('/settings', createApplicationPages(services))
  console.route('/settings/api-keys', createApiKeyPages())
  console.route('/settings/webhooks', createWebhookPages())
  console.route('/settings/branding', createBrandingPages())
  console.route('/settings/domains', createDomains())
  console.route('/settings/support', createSupportPages())
  console.route('/settings/inactivity', createInactivityPages())
  console.route('/settings/mail/digest', createDigestPages())
  console.route('/settings/mail/server', createMailServerPages())
  console.route('/settings/mail', createMailPages())
  console.route('/connect', createConnect(services))
  console.route('/connections', createConnectionPages())
  console.route('/directories', createDirectoryPages())
  console.route('/provisioning', createProvisioningPages())
  console.route('/sign-ins', createSignInPages())
  console.route('/emergency', createEmergencyPages())
  console.route('/again', createAgain())
  console.post('/leave-support', leaveAsSupport)
  // With the menu and the way out, for whoever is let in.
  console.all('*', () => {
    throw notFound('Page')
  })
  console.onError((error, c) => (isProofWanted(error) ? proveFirst(c) : renderRefusal(c, error)))
  return console
}
