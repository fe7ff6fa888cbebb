// Sign-in without a provider, put together: passwords, passkeys, second factors, invitations, emergencies.
import { Hono } from 'hono'
import { createLogin } from '../login/login.tsx'
import type { LocalEnv, LocalServices } from '../login/shared.tsx'
import { createEmergency } from './emergency.tsx'
import { createFirst } from './first.tsx'
import { createForgot } from './forgot.tsx'
import { createInvitationPages } from './invitation.tsx'
import { createOwnData } from './own-data.tsx'
import { createProfile } from './profile.tsx'
import { createSecondFactor } from './second-factor.tsx'
import { createSecurity } from './security.tsx'
import { createStepUp } from './step-up.tsx'
import { createUndo } from './undo.tsx'

/** Routes at the root: `/login`, `/invitation`, `/emergency`, `/account/security`, `/account/profile`. */
export function createLocal(services: LocalServices): Hono<LocalEnv> {
  const routes = new Hono<LocalEnv>()
  routes.route('/login/step-up', createStepUp(services))
  routes.route('/login/second-factor', createSecondFactor(services))
  routes.route('/login/undo', createUndo(services))
  routes.route('/login', createForgot(services))
  routes.route('/login', createLogin(services))
  routes.route('/invitation', createInvitationPages(services))
  routes.route('/first', createFirst(services))
  routes.route('/emergency', createEmergency(services))
  routes.route('/account/security', createSecurity(services))
  routes.route('/account/profile', createProfile(services))
  routes.route('/account', createOwnData(services))
  return routes
}
