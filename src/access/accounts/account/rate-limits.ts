// How often one may try. Per account, so that one password cannot be guessed; per address, so that not one password can be tried
// on everybody. What turns out well is taken back from the latter, since many people may share an address. The windows are
// short: whoever is kept out by somebody else's attempts is not for long.
import type { RateLimit } from '../../ground/count-attempts.ts'

const quarterHour = 900
const hour = 3_600

export const limits = {
  passwordPerAccount: { name: 'password.account', attempts: 10, windowSeconds: quarterHour },
  passwordPerAddress: { name: 'password.address', attempts: 60, windowSeconds: quarterHour },
  discoveryPerAddress: { name: 'discovery.address', attempts: 120, windowSeconds: quarterHour },
  passkeyQuestionPerAddress: { name: 'passkey-question.address', attempts: 120, windowSeconds: quarterHour },
  passkeyPerAddress: { name: 'passkey.address', attempts: 60, windowSeconds: quarterHour },
  secondFactorPerUser: { name: 'second-factor.user', attempts: 10, windowSeconds: quarterHour },
  addressChangePerAccount: { name: 'address-change.account', attempts: 5, windowSeconds: hour },
  resetPerAccount: { name: 'reset.account', attempts: 5, windowSeconds: hour },
  resetPerAddress: { name: 'reset.address', attempts: 30, windowSeconds: quarterHour },
  invitationPerAddress: { name: 'invitation.address', attempts: 60, windowSeconds: quarterHour },
  emergencyPerAccount: { name: 'emergency.account', attempts: 5, windowSeconds: quarterHour },
  emergencyPerAddress: { name: 'emergency.address', attempts: 20, windowSeconds: quarterHour },
} as const satisfies Record<string, RateLimit>
