// بصيغة الأمر المهذبة.
import type { en } from './en.ts'

export const ar = {
  'mail.administrator': 'أحد مسؤولي {organization}',
  'mail.held': '{role} في {place}',
  'mail.heldUntil': '{role} في {place} حتى {time}',
  'invitation.subject': 'دعوة للانضمام إلى {organization}',
  'invitation.lead': 'يدعوك {inviter} إلى الانضمام إلى {organization}.',
  'invitation.roles': 'أدوارك: {roles}.',
  'invitation.allowed': 'استثناءً، يُسمح لك بما يلي: {permissions}.',
  'invitation.denied': 'استثناءً، لا يُسمح لك بما يلي: {permissions}.',
  'invitation.choose':
    'لإعداد حسابك، افتح الرابط واختر كلمة مرور أو مفتاح مرور. بعد ذلك تسجّل الدخول بعنوان البريد هذا.',
  'invitation.provider': 'لا تحتاج إلى كلمة مرور جديدة: افتح الرابط وسجّل الدخول عبر {provider} كما في بقية عملك.',
  'invitation.action': 'قبول الدعوة',
  'invitation.closing':
    'هذا الرابط لك وحدك، ويعمل مرة واحدة، وهو صالح حتى {time}. إن لم تكن تتوقع هذه الرسالة، فلا حاجة إلى فعل شيء.',
  'newPassword.subject': 'اختر كلمة مرور جديدة لـ {organization}',
  'newPassword.lead': 'طلب أحدهم، والأرجح أنه أنت، كلمة مرور جديدة للحساب {name} لدى {organization}.',
  'newPassword.action': 'اختيار كلمة مرور جديدة',
  'newPassword.closing':
    'يعمل الرابط مرة واحدة، لمدة {minutes, plural, zero {# دقيقة} one {دقيقة واحدة} two {دقيقتين} few {# دقائق} many {# دقيقة} other {# دقيقة}}. إن لم تطلب ذلك، فلا تفعل شيئًا: تبقى كلمة مرورك كما هي.',
  'passwordChanged.subject': 'تم تغيير كلمة مرورك لدى {organization}',
  'passwordChanged.lead': 'تم للتو تغيير كلمة مرور الحساب {name} لدى {organization}، وسُجّل خروجك من الأماكن الأخرى.',
  'passwordChanged.closing':
    'إن كنت أنت من فعل ذلك، فلا حاجة إلى فعل شيء. وإلا فاختر كلمة مرور جديدة على {url} وأبلغ المسؤول.',
  'newAddress.subject': 'أكّد عنوانك الجديد لدى {organization}',
  'newAddress.lead': 'يريد {name} لدى {organization} تسجيل الدخول بهذا العنوان من الآن فصاعدًا.',
  'newAddress.action': 'تأكيد العنوان',
  'newAddress.closing':
    'يعمل الرابط مرة واحدة، لمدة {hours, plural, zero {# ساعة} one {ساعة واحدة} two {ساعتين} few {# ساعات} many {# ساعة} other {# ساعة}}، حيث يكون {name} مسجّل الدخول. إن لم تكن تتوقع ذلك، فلا تفعل شيئًا.',
  'addressChanged.subject': 'تم تغيير عنوانك لدى {organization}',
  'addressChanged.lead': 'يسجّل {name} لدى {organization} الدخول من الآن فصاعدًا بالعنوان {email}، لا بهذا العنوان.',
  'addressChanged.closing': 'إن لم تكن أنت من فعل ذلك، فأبلغ المسؤول فورًا.',
  'linked.subject': 'يمكن لـ {connection} تسجيل دخولك إلى {organization} من الآن فصاعدًا',
  'linked.lead':
    'تم للتو ربط تسجيل دخول عبر {connection} بالحساب {name} لدى {organization}. من يملك ذلك الحساب يمكنه تسجيل الدخول باسمك.',
  'linked.action': 'لم أكن أنا: تراجع',
  'linked.closing':
    'إن كنت تتوقع ذلك، فلا حاجة إلى فعل شيء. يزيل الرابط تسجيل الدخول هذا ويعمل مرة واحدة، لمدة {days, plural, zero {# يوم} one {يوم واحد} two {يومين} few {# أيام} many {# يومًا} other {# يوم}}؛ ولا يحدث شيء قبل أن تؤكد ذلك هناك.',
  'ending.subject': 'ينتهي وصولك إلى {place} في {date}',
  'ending.subjectOf': 'ينتهي وصول {holder} إلى {place} في {date}',
  'ending.lead': 'في {time} ينتهي إسنادك: {role} في {place}. ويُرفض ما يسمح به منذ تلك اللحظة.',
  'ending.leadOf': 'في {time} ينتهي إسناد {holder}: {role} في {place}. ويُرفض ما يسمح به منذ تلك اللحظة.',
  'ending.action': 'تمديد الإسناد',
  'ending.closing': 'إن كنت تحتاج إليه مدة أطول، فاطلب ذلك من المسؤول الذي يمكنه تغيير تاريخ الانتهاء.',
  'ending.closingOf':
    'أنت مسجّل كجهة مسؤولة عنه. إن كانت هناك حاجة إليه مدة أطول، فغيّر تاريخ الانتهاء أو اطلب ذلك من أحد المسؤولين. وإلا فلا حاجة إلى فعل شيء.',
  'inactive.subject': 'سيُعطَّل حسابك لدى {organization} في {date}',
  'inactive.lead':
    'لم يُستخدم حسابك لدى {organization} منذ {since}. إن بقي الأمر كذلك، فسيُعطَّل في {time}: لن تتمكن من تسجيل الدخول، وستنتهي جلساتك.',
  'inactive.keep': 'للاحتفاظ به، سجّل الدخول مرة واحدة قبل ذلك. لا حاجة إلى أي شيء آخر.',
  'inactive.closing': 'إن لم تعد تحتاج إلى الحساب، فلا حاجة إلى فعل شيء. يمكن لأحد المسؤولين تفعيله من جديد.',
  'changed.subject': 'تغيّر وصولك لدى {organization}',
  'changed.roleGiven':
    'منحك {who} الدور {role} في {place}{ends, select, yes { حتى {time}} other {}}{replaces, select, yes {، بدلًا من {former}} other {}}.',
  'changed.roleTaken': 'سحب منك {who} الدور {role} في {place}.',
  'changed.roleMoved':
    'غيّر {who} نهاية الدور {role} في {place}: يبقى لك {ends, select, yes {حتى {time}} other {من دون تاريخ انتهاء}}.',
  'changed.allowGiven': 'منحك {who} الصلاحية {permission} في {place}{ends, select, yes { حتى {time}} other {}}.',
  'changed.allowTaken': 'سحب منك {who} الصلاحية {permission} في {place}.',
  'changed.allowMoved':
    'غيّر {who} نهاية الصلاحية {permission} في {place}: تبقى لك {ends, select, yes {حتى {time}} other {من دون تاريخ انتهاء}}.',
  'changed.denyGiven': 'سحب منك {who} الصلاحية {permission} في {place}{ends, select, yes { حتى {time}} other {}}.',
  'changed.denyTaken': 'أعاد إليك {who} الصلاحية {permission} في {place}.',
  'changed.denyMoved':
    'غيّر {who} المدة التي تبقى فيها من دون الصلاحية {permission} في {place}: {ends, select, yes {حتى {time}} other {من دون تاريخ انتهاء}}.',
  'changed.action': 'عرض وصولي',
  'changed.closing': 'تصلك هذه الرسالة لأن ما يُسمح لك به قد تغيّر. إن بدا الأمر خطأً، فاسأل المسؤول.',
  'digest.lead': 'منذ {time} تغيّر ما يلي في وصولك لدى {organization}:',
  'digest.gained': 'لديك الآن {role} في {place}، عبر: {through}.',
  'digest.lost': 'لم يعد لديك {role} في {place}. كان ذلك عبر: {through}.',
  'digest.withheld': 'تحجب القاعدة {rule} عنك {role} في {place}. كنت ستحصل عليه عبر: {through}.',
  'digest.allowCounts': 'صلاحيتك الخاصة {permission} في {place} سارية الآن، لأن لديك دورًا هناك.',
  'digest.allowPauses': 'صلاحيتك الخاصة {permission} في {place} لم تعد سارية، لأنه ليس لديك دور هناك.',
  'digest.denyCounts': 'منعك الخاص من {permission} في {place} سارٍ الآن، لأن لديك دورًا هناك.',
  'digest.denyPauses': 'منعك الخاص من {permission} في {place} لم يعد ساريًا، لأنه ليس لديك دور هناك.',
  'digest.roleAllows': 'يسمح الدور {role} الآن بما يلي: {permissions}.',
  'digest.roleRefuses': 'لم يعد الدور {role} يسمح بما يلي: {permissions}.',
  'digest.by': 'غيّره {name}.',
  'digest.more':
    '{count, plural, zero {ولا تغييرات أخرى} one {وتغيير آخر} two {وتغييران آخران} few {و# تغييرات أخرى} many {و# تغييرًا آخر} other {و# تغيير آخر}}.',
  'through.direct': 'مباشرة: {reason}',
  'through.team': 'الفريق {name}',
  'through.filter': 'المرشّح {filter}',
  'through.group': 'المجموعة {name}',
  'through.inside': '{name} في {outer}',
} as const satisfies Record<keyof typeof en, string>
