// The frame of pages behind a setup link: nobody is signed in, so there is no menu, only whose set-up it is and until when.
import { Alert } from '#http/ui/content.tsx'
import { Logo } from '#http/ui/logo.tsx'
import { Document } from '#http/ui/page.tsx'
import { Time } from '#http/ui/time.tsx'
import type { WizardPageProps } from '../connect/parts/host.ts'
import { htmxConfig } from '../ui/frame.tsx'
import { type Notice, noticeText } from '../ui/notices.ts'

export type SetupPageProps = WizardPageProps & {
  organization: string
  label: string
  expiresAt: string
  notice?: Notice | undefined
}

export const SetupPage = ({ title, lead, notice, organization, label, expiresAt, children }: SetupPageProps) => (
  <Document
    title={title}
    organization={organization}
    styles={['console.css']}
    scripts={['htmx.js', 'htmx-sse.js', 'console.js']}
    meta={[{ name: 'htmx-config', content: htmxConfig }]}
    bodyClass="console-page setup-page"
  >
    <header class="console-bar">
      <span class="brand">
        <Logo />
        <span class="brand-name">{organization}</span>
      </span>
      <span class="setup-for">
        For {label}, until <Time at={expiresAt} />
      </span>
    </header>
    <div class="setup-body">
      <main id="main" tabindex={-1}>
        <div class="title-row">
          <div>
            <h1>{title}</h1>
            {lead === undefined ? null : <p class="lead-sentence">{lead}</p>}
          </div>
        </div>
        {notice === undefined ? null : <Alert kind={notice.kind} title={noticeText(notice)} />}
        {children}
      </main>
    </div>
  </Document>
)
