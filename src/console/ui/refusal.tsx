// What went wrong, inside the console: with the menu, for whoever only took a wrong turn.
import type { Context } from 'hono'
import { renderErrorPage } from '#http/pages-errors.ts'
import { LinkButton } from '#http/ui/buttons.tsx'
import type { ErrorPageProps } from '#http/ui/error-page.tsx'
import { type ConsoleEnv, type Frame, frameOf } from './env.ts'
import { ConsolePage } from './frame.tsx'

/** The page for whatever was thrown; without the frame where it was thrown before anybody was let in. */
export const renderRefusal = (c: Context<ConsoleEnv>, thrown: unknown): Promise<Response> =>
  c.get('manager') === undefined
    ? renderErrorPage(c, thrown)
    : renderErrorPage(c, thrown, (props) => <RefusalPage frame={{ ...frameOf(c), notice: undefined }} {...props} />)

const RefusalPage = ({ frame, title, detail, advice, reference }: ErrorPageProps & { frame: Frame }) => (
  <ConsolePage frame={frame} section={undefined} title={title} lead={detail}>
    <p>{advice}</p>
    <LinkButton href="/console">To the overview</LinkButton>
    <p class="reference">
      Reference <code>{reference}</code>
    </p>
  </ConsolePage>
)
