// A form that goes to an identity provider at once; one click where scripts are off.
import type { AssetName } from './assets.ts'
import { CardPage } from './page.tsx'
import { Say, useWords } from './reader.tsx'

type Props = { url: string; fields: Record<string, string>; script: AssetName }

export const PostPage = ({ url, fields, script }: Props) => (
  <CardPage title={useWords()('onward.provider')} scripts={[script]}>
    <form method="post" action={url} data-submit-at-once>
      {Object.entries(fields).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <button class="btn btn-primary w-100" type="submit">
        <Say of="frame.continue" />
      </button>
    </form>
  </CardPage>
)
