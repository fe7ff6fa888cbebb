// です・ます体。
import type { en } from './en.ts'

export const ja = {
  'welcome.title': '{organization} へようこそ',
  'welcome.lead': '{inviter} さんから {email} 宛ての招待です。',
  'welcome.name': 'お名前',
  'welcome.passkey': 'パスキーで承諾する',
  'welcome.link': '{organization} の自分のアカウントと連携する',
  'welcome.linkHint': 'どちらの組織にも通知されません。',
  'welcome.noScript': 'パスキーで承諾するにはスクリプトが必要ですが、このブラウザーでは無効になっています。',
  'welcome.other': 'これは別の方への招待です',
  'welcome.otherLead': '{email} 宛ての招待ですが、{name} としてサインインしています。',
  'welcome.otherText':
    'どちらもご自身のものであれば、まずここでサインアウトしてください。そうでない場合は、招待された方にお任せください。',
  'welcome.signOut': 'サインアウトして続ける',
  'welcome.stay': '{name} のままサインインを続ける',
  'welcome.expired': 'この招待は期限切れです',
  'welcome.expiredAsk': '{inviter} さんに新しい招待を依頼してください。すぐに送れます。',
  'welcome.expiredAskAnybody': '{organization} の管理者に新しい招待を依頼してください。すぐに送れます。',
  'welcome.accepted': 'この招待は承諾済みです',
  'welcome.acceptedAdvice': '招待は 1 回だけ使えます。ご自身が承諾した場合は、サインインしてください。',
  'welcome.withdrawn': 'この招待は取り消されました',
  'welcome.withdrawnAsk': '間違いと思われる場合は、{inviter} さんに確認してください。',
  'welcome.withdrawnAskAnybody': '間違いと思われる場合は、{organization} の管理者に確認してください。',
  'welcome.unknown': 'この招待は無効です',
  'welcome.unknownAdvice':
    'リンクが不完全か、新しいメールで置き換えられた可能性があります。最後のメールのリンクを使うか、新しい招待を依頼してください。',
  'undo.title': 'このサインインを取り消しますか？',
  'undo.text':
    '<b>{connection}</b> を通じて、誰かがあなたとしてサインインできます。ご自身でない場合は取り消してください。その方法で入った人はすぐにサインアウトされます。',
  'undo.submit': '取り消す',
  'undo.aside': 'ご自身であれば、このページを閉じてください。何も変わっていません。',
  'undo.done': '取り消しました',
  'undo.doneLead': 'この方法であなたとしてサインインすることはできなくなり、開いていたセッションは終了しました。',
  'undo.doneText': '管理者に状況を伝え、ここにパスワードがある場合は新しいものに変更してください。',
  'undo.overAdvice':
    '使用済みか、1 週間以上経過しています。サインインしてアカウント ページの「セキュリティ」を確認するか、管理者に問い合わせてください。',
  'device.title': 'デバイスでサインイン',
  'device.lead':
    '目の前のデバイスまたはプログラムに表示されているコードを入力してください。ほかの人から渡されたコードの場合は続けないでください。その人があなたとしてサインインしてしまいます。',
  'device.unknown': 'このコードを待っているデバイスはありません。コードを確認するか、デバイスでやり直してください。',
  'device.confirm': 'デバイスで {application} にサインインしますか？',
  'device.confirmLead':
    '{application} は、このコードを表示しているデバイスで {who} として操作できるようになります。そのデバイスが目の前にあり、ご自身が今そこで始めた場合にのみ続けてください。',
  'device.submit': 'デバイスでサインイン',
  'device.refuse': '拒否する',
  'device.refused': 'サインインを拒否しました',
  'device.refusedLead': 'デバイスにはサインインしていないことが通知されました。このページを閉じてかまいません。',
  'device.done': 'デバイスでサインインしました',
  'device.doneLead': '{application} は数秒以内に自動で続行します。このページを閉じてかまいません。',
  'device.toAccount': '自分のアカウントを開く',
  'goOn.title': '{application} に進みますか？',
  'goOn.lead':
    'このデバイスのプログラムが {application} と名乗り、{who} として操作しようとしています。ご自身が今起動した場合にのみ続けてください。',
  'signOut.title': 'サインアウトしますか？',
  'signOut.lead': 'ここと、このサインインで使っているすべてのアプリケーションからサインアウトします。',
  'signOut.leadAsked':
    '{application} がサインアウトを求めています。このサインインで使っているすべてのアプリケーションからサインアウトします。',
  'signOut.submit': 'サインアウト',
  'signOut.stay': 'サインインしたままにする',
  'signedOut.title': 'サインアウトしました',
  'signedOut.lead': 'ご自身のデバイスでない場合は、ウィンドウを閉じてください。',
  'signedOut.everywhere': 'ここと ID プロバイダーでのセッションが終了しました。',
  'signedOut.elsewhere': 'このデバイスでは、別の組織にまだサインインしています。<link>場所を表示</link>',
  'signedOut.again': 'もう一度サインイン',
  'leaving.title': 'ここからサインアウトしました',
  'leaving.lead': '続いて、会社のサインインからもサインアウトします。',
} as const satisfies Record<keyof typeof en, string>
