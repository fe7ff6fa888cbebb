// です・ます体。
import type { en } from './en.ts'

export const ja = {
  'mail.administrator': '{organization} の管理者',
  'mail.held': '{place} の {role}',
  'mail.heldUntil': '{place} の {role}（{time} まで）',
  'invitation.subject': '{organization} への招待',
  'invitation.lead': '{inviter} さんから {organization} への招待が届いています。',
  'invitation.roles': '割り当てられるロール: {roles}。',
  'invitation.allowed': '例外として許可される操作: {permissions}。',
  'invitation.denied': '例外として許可されない操作: {permissions}。',
  'invitation.choose':
    'アカウントを設定するには、リンクを開いてパスワードまたはパスキーを選んでください。以後はこのメールアドレスでサインインします。',
  'invitation.provider':
    '新しいパスワードは不要です。リンクを開き、普段の業務と同じように {provider} でサインインしてください。',
  'invitation.action': '招待を承諾する',
  'invitation.closing':
    'このリンクはあなた専用で、1 回だけ使え、{time} まで有効です。心当たりがない場合は、何もする必要はありません。',
  'newPassword.subject': '{organization} の新しいパスワードを決めてください',
  'newPassword.lead': '{organization} の {name} について、新しいパスワードの設定が依頼されました。',
  'newPassword.action': '新しいパスワードを決める',
  'newPassword.closing':
    'リンクは 1 回だけ、{minutes, plural, other {# 分間}}有効です。依頼した覚えがない場合は、何もしないでください。パスワードは変わりません。',
  'passwordChanged.subject': '{organization} のパスワードが変更されました',
  'passwordChanged.lead': '{organization} の {name} のパスワードが変更され、ほかの場所からはサインアウトされました。',
  'passwordChanged.closing':
    'ご自身による変更であれば、何もする必要はありません。そうでない場合は、{url} で新しいパスワードを決め、管理者に知らせてください。',
  'newAddress.subject': '{organization} の新しいアドレスを確認してください',
  'newAddress.lead': '{organization} の {name} が、今後このアドレスでサインインすることを希望しています。',
  'newAddress.action': 'アドレスを確認する',
  'newAddress.closing':
    'リンクは 1 回だけ、{hours, plural, other {# 時間}}有効です。{name} としてサインインしている場所で開いてください。心当たりがない場合は、何もしないでください。',
  'addressChanged.subject': '{organization} のアドレスが変更されました',
  'addressChanged.lead': '{organization} の {name} は、今後このアドレスではなく {email} でサインインします。',
  'addressChanged.closing': 'ご自身による変更でない場合は、すぐに管理者に知らせてください。',
  'linked.subject': '今後 {connection} から {organization} にサインインできます',
  'linked.lead':
    '{connection} によるサインインが、{organization} の {name} に関連付けられました。そのアカウントを持つ人は、あなたとしてサインインできます。',
  'linked.action': '心当たりがないので取り消す',
  'linked.closing':
    '心当たりがあれば、何もする必要はありません。リンクはこのサインインを取り消すもので、1 回だけ、{days, plural, other {# 日間}}有効です。リンク先で確認するまでは何も起こりません。',
  'ending.subject': '{place} へのアクセスは {date} に終了します',
  'ending.subjectOf': '{holder} さんの {place} へのアクセスは {date} に終了します',
  'ending.lead':
    '{time} に、あなたの割り当て（{place} の {role}）が終了します。それ以降、この割り当てによる操作はできません。',
  'ending.leadOf':
    '{time} に、{holder} さんの割り当て（{place} の {role}）が終了します。それ以降、この割り当てによる操作はできません。',
  'ending.action': '割り当てを延長する',
  'ending.closing': '引き続き必要な場合は、終了日を変更できる管理者に依頼してください。',
  'ending.closingOf':
    'あなたは責任者として登録されています。引き続き必要な場合は、終了日を変更するか、管理者に依頼してください。不要であれば、何もする必要はありません。',
  'inactive.subject': '{organization} のアカウントは {date} に無効になります',
  'inactive.lead':
    '{organization} のアカウントは {since} 以降使われていません。このままの場合、{time} に無効になり、サインインできなくなり、セッションも終了します。',
  'inactive.keep': '引き続き使うには、それまでに一度サインインしてください。ほかに必要な操作はありません。',
  'inactive.closing': 'アカウントが不要であれば、何もする必要はありません。管理者が再び有効にできます。',
  'changed.subject': '{organization} でのアクセスが変更されました',
  'changed.roleGiven':
    '{who} が、{place} のロール {role} を{replaces, select, yes {（{former} に代えて）} other {}}あなたに割り当てました{ends, select, yes {（{time} まで）} other {}}。',
  'changed.roleTaken': '{who} が、{place} のロール {role} の割り当てを取り消しました。',
  'changed.roleMoved':
    '{who} が、{place} のロール {role} の期限を変更しました。期限: {ends, select, yes {{time} まで} other {なし}}。',
  'changed.allowGiven':
    '{who} が、{place} の権限 {permission} をあなたに付与しました{ends, select, yes {（{time} まで）} other {}}。',
  'changed.allowTaken': '{who} が、{place} の権限 {permission} を取り消しました。',
  'changed.allowMoved':
    '{who} が、{place} の権限 {permission} の期限を変更しました。期限: {ends, select, yes {{time} まで} other {なし}}。',
  'changed.denyGiven':
    '{who} が、{place} の権限 {permission} を使えないようにしました{ends, select, yes {（{time} まで）} other {}}。',
  'changed.denyTaken': '{who} が、{place} の権限 {permission} を再び使えるようにしました。',
  'changed.denyMoved':
    '{who} が、{place} の権限 {permission} を使えない期限を変更しました。期限: {ends, select, yes {{time} まで} other {なし}}。',
  'changed.action': '自分のアクセスを見る',
  'changed.closing':
    'このメールは、あなたにできる操作が変わったためにお送りしています。おかしいと思われる場合は、管理者に確認してください。',
  'digest.lead': '{time} 以降、{organization} でのあなたのアクセスに次の変更がありました。',
  'digest.gained': '{place} の {role} が割り当てられました。経路: {through}。',
  'digest.lost': '{place} の {role} の割り当てがなくなりました。経路: {through}。',
  'digest.withheld': 'ルール {rule} により、{place} の {role} は割り当てられません。本来の経路: {through}。',
  'digest.allowCounts': '{place} でロールを持っているため、あなた個人の権限 {permission} が有効になりました。',
  'digest.allowPauses': '{place} でロールを持っていないため、あなた個人の権限 {permission} は有効ではなくなりました。',
  'digest.denyCounts': '{place} でロールを持っているため、あなた個人に対する {permission} の禁止が有効になりました。',
  'digest.denyPauses':
    '{place} でロールを持っていないため、あなた個人に対する {permission} の禁止は有効ではなくなりました。',
  'digest.roleAllows': 'ロール {role} で次の操作ができるようになりました: {permissions}。',
  'digest.roleRefuses': 'ロール {role} で次の操作ができなくなりました: {permissions}。',
  'digest.by': '変更者: {name}。',
  'digest.more': 'ほかに {count, plural, other {# 件}}の変更があります。',
  'through.direct': '直接: {reason}',
  'through.team': 'チーム {name}',
  'through.filter': 'フィルター {filter}',
  'through.group': 'グループ {name}',
  'through.inside': '{name}（{outer} 内）',
} as const satisfies Record<keyof typeof en, string>
