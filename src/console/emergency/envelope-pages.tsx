// What goes into an envelope, shown once; and the step before old contents become void.
import type { EmergencyAccount, NewEmergencyAccount } from '#access/accounts/emergency/emergency.ts'
import { Buttons, PrimaryLink } from '#http/ui/buttons.tsx'
import { Facts } from '#http/ui/content.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { qrCode } from '#http/ui/qr-code.ts'
import { Time } from '#http/ui/time.tsx'
import { nowOf } from '#src/context.ts'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { CopyField, Panel } from '../ui/parts.tsx'
import { LeftToOperators } from './left-to-operators.tsx'

export const EnvelopePage = ({ frame, account }: { frame: Frame; account: NewEmergencyAccount }) => (
  <ConsolePage
    frame={frame}
    section="emergency"
    title="Print this page and seal it"
    lead="None of it is shown again. Try it once as a drill, so that it counts."
    trail={sectionTrail('emergency')}
  >
    <Panel title={`Emergency account of ${frame.manager.organization.name}`} id="envelope">
      <Facts
        facts={[
          { term: 'Organization', value: frame.manager.organization.name },
          { term: 'Account', value: account.displayName ?? account.userName },
          { term: 'Sealed', value: <Time at={nowOf(frame.ctx)} isNamed /> },
        ]}
      />
      <CopyField id="address" label="Where" value={frame.ctx.urls.page('/emergency')} />
      <CopyField id="user-name" label="User name" value={account.userName} />
      <CopyField id="password" label="Password" value={account.password} />
      <CopyField
        id="totp"
        label="Secret for an authenticator"
        value={account.totpSecret}
        hint="Scan the code below with the authenticator, or type the secret; or use a recovery code."
      />
      <img
        class="qr-code"
        src={qrCode(account.totpUri)}
        width="200"
        height="200"
        alt="The authenticator’s secret as a QR code"
      />
      <p class="form-label">Recovery codes, each good once</p>
      <ul class="recovery-codes">
        {account.recoveryCodes.map((code) => (
          <li>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <PrimaryLink href="/console/emergency">It is printed and sealed</PrimaryLink>
    </Panel>
  </ConsolePage>
)

export const ResealPage = (props: { frame: Frame; account: EmergencyAccount; isForOperators: boolean }) => {
  const { frame, account, isForOperators } = props
  const name = account.displayName ?? account.userName
  return (
    <ConsolePage
      frame={frame}
      section="emergency"
      title={`Seal ${name} anew`}
      lead="After a use, and whenever somebody may have looked into the envelope."
      trail={sectionTrail('emergency')}
    >
      <Panel title="What happens">
        <ul>
          <li>The account gets a new password, a new authenticator secret and new recovery codes.</li>
          <li>What is in the envelope now is void at once, and whoever is signed in with it is out.</li>
          <li>It counts as never tried, until somebody tries it as a drill.</li>
        </ul>
        {isForOperators ? (
          <LeftToOperators verb="reseal" />
        ) : (
          <PostForm action={`/console/emergency/accounts/${account.userId}/reseal`}>
            <Buttons submit="Seal it anew" kind="danger" back="/console/emergency" />
          </PostForm>
        )}
      </Panel>
    </ConsolePage>
  )
}
