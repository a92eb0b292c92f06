"""What this room shows: one projection an entity, used by GET and by live changes alike."""

from __future__ import annotations

from app.core.outbox import Change

CONVERSATION_COLUMNS = """
c.id, c.number, c.channel, c.channels, c.connection_id, c.brand, json_build_object('id', u.id, 'name', u.name) as customer,
c.subject, c.preview, c.preview_direction, c.status, case when c.awaiting_since is null then 'customer' else 'us' end as waiting_on,
c.priority, c.assignee_id, c.team_id, c.follower_ids, c.tags, c.language, c.last_activity_at, c.last_in_at, c.last_out_at, c.awaiting_since,
least(c.market_due_at, c.case_due_at) as market_due_at, c.company_due_at, c.promise_due_at, c.next_due_at, c.reply_until_at,
c.snoozed_until, c.message_count, c.in_count, c.has_unknown, c.created_at,
c.merged_into, c.version
"""
FROM_CONVERSATION = "from conversation c join customer u on u.workspace_id = c.workspace_id and u.id = c.customer_id"
CONVERSATION = f"select {CONVERSATION_COLUMNS} {FROM_CONVERSATION} where c.workspace_id = $1"
CONVERSATION_CHANGE = Change("conversation", "inbox", CONVERSATION, "c.id")

CONVERSATION_FOR = f"""
select {CONVERSATION_COLUMNS}, coalesce(r.in_count, 0) as read_in_count, c.in_count > coalesce(r.in_count, 0) as unread,
  greatest(c.in_count - coalesce(r.in_count, 0), 0) as unread_count
{FROM_CONVERSATION}
left join read_mark r on r.workspace_id = c.workspace_id and r.conversation_id = c.id and r.member_id = $2
where c.workspace_id = $1
"""

MESSAGE = """
select m.id, m.conversation_id, m.thread_id, coalesce(t.channel, n.channel, '') as channel, m.direction, m.kind,
  case when m.deleted_at is null then m.text else '' end as text, m.html <> '' and m.deleted_at is null as html, m.state,
  m.external_id, m.client_msg_id, case when p.id is null then null else json_build_object('id', p.id, 'name', p.name) end as author,
  coalesce(u.name, nullif(m.detail #>> '{claimed,customer,name}', ''), nullif(m.detail #>> '{claimed,customer,label}', ''),
    m.detail #>> '{claimed,customer,value}', '') as customer_name, m.automated, m.sent_at, m.created_at, m.due_at,
  m.edited_at, m.deleted_at, m.public, m.held, m.detail -> 'template' as template,
  case when m.error_code = '' then null
    else json_build_object('code', m.error_code, 'detail', m.error_detail, 'fix', m.error_fix) end as error,
  coalesce((
    select json_agg(json_build_object('id', a.id, 'name', a.name, 'media_type', a.media_type, 'size', a.size, 'state', a.state,
      'url', case when a.state = 'stored' then '/api/v1/attachments/' || a.id end) order by a.id)
    from attachment a where a.workspace_id = m.workspace_id and a.message_id = m.id), '[]'::json) as attachments,
  case when m.reply_to = '' then null else (
    select json_build_object('id', q.id, 'text', case when q.deleted_at is null then left(q.text, 160) else '' end,
      'direction', q.direction) from message q
    where q.workspace_id = m.workspace_id and q.connection_id = m.connection_id and q.external_id = m.reply_to) end as quoted,
  case when m.external_id is null then '[]'::json else coalesce((
    select json_agg(json_build_object('emoji', r.emoji, 'name', r.name, 'direction', r.direction) order by r.at) from reaction r
    where r.workspace_id = m.workspace_id and r.connection_id = m.connection_id and r.external_id = m.external_id
      and r.emoji <> ''), '[]'::json) end as reactions,
  case when m.kind = 'event' then json_build_object('code', m.text, 'detail', m.detail) end as event,
  case when m.kind = 'act' then json_build_object('name', m.detail ->> 'act', 'label', m.detail -> 'label',
    'order', m.detail ->> 'order') end as act,
  case when m.kind = 'note' then coalesce((select json_agg(x.member_id order by x.member_id) from mention x
    where x.workspace_id = m.workspace_id and x.message_id = m.id), '[]'::json) else '[]'::json end as mentions, m.version
from message m left join thread t on t.workspace_id = m.workspace_id and t.id = m.thread_id
left join connection n on n.workspace_id = m.workspace_id and n.id = m.connection_id
left join member p on p.workspace_id = m.workspace_id and p.id = m.author_id
left join customer u on u.workspace_id = m.workspace_id and u.id = m.customer_id
where m.workspace_id = $1
"""
MESSAGE_CHANGE = Change("message", "inbox", MESSAGE, "m.id")

AS_OF = "coalesce((select seq from outbox_head where workspace_id = $1), 0)"

HITS = """
hits as materialized (
  select h.conversation_id from find_messages(websearch_to_tsquery('simple', fold({q})), 500) h
  union
  select c.id from find_keys(lower(regexp_replace({q}, '\\s', '', 'g')), 200) k
  join conversation c on c.workspace_id = $1 and c.customer_id = k.subject_id where k.kind = 'customer'
  union
  select o.conversation_id from find_keys(lower(regexp_replace({q}, '\\s', '', 'g')), 200) k
  join sales_order s on s.workspace_id = $1 and s.id = k.subject_id
  join conversation_order o on o.workspace_id = $1 and o.order_ref = s.external_id where k.kind = 'order'
)
"""

COUNTS = """
select
  (select count(*) from (select 1 from conversation where workspace_id = $1 and status = 'open' and assignee_id = $2 limit 1000) x)
    as mine,
  (select count(*) from (select 1 from conversation where workspace_id = $1 and status = 'open' and assignee_id is null limit 1000) x)
    as unassigned,
  (select count(*) from (select 1 from conversation where workspace_id = $1 and status = 'open' and next_due_at is not null limit 1000) x)
    as deadline,
  (select count(*) from (select 1 from conversation where workspace_id = $1 and status = 'open' limit 1000) x) as "all",
  (select count(*) from (select 1 from conversation where workspace_id = $1 and status = 'open' and awaiting_since is null limit 1000) x)
    as waiting,
  (select count(*) from (select 1 from conversation where workspace_id = $1 and status = 'snoozed' limit 1000) x) as snoozed,
  (select coalesce(json_object_agg(m.id, (
     select count(*) from (
       select 1 from conversation where workspace_id = $1 and status = 'open' and team_id = m.id limit 1000) x)), '{}'::json)
   from team m where m.workspace_id = $1) as teams
"""

THREADS = """
select t.id, t.channel, t.connection_id, coalesce(n.name, '') as connection_name, t.handle_label as "to", t.subject,
  t.reply_until_at, t.last_in_at, t.handle_kind, t.handle_value, coalesce(t.refs ->> 'page', '') as page,
  coalesce(t.refs ->> 'referrer', '') as referrer, coalesce(n.settings ->> 'templates', '') as templates,
  coalesce(n.sends_replies, false) as speaks, coalesce(n.state, 'ready') as state
from thread t left join connection n on n.workspace_id = t.workspace_id and n.id = t.connection_id
where t.workspace_id = $1 and t.conversation_id = $2 order by t.last_in_at desc nulls last, t.id desc
"""

CONTEXT = """
with c as (select * from conversation where workspace_id = $1 and id = $2),
mine as (
  select o.* from sales_order o join c on o.customer_id = c.customer_id where o.workspace_id = $1
  union
  select o.* from sales_order o join conversation_order l on l.workspace_id = $1 and l.conversation_id = $2 and l.order_ref = o.external_id
  where o.workspace_id = $1
), shown as (select * from mine order by placed_at desc, id desc limit 10)
select
  (select json_build_object('id', u.id, 'name', u.name, 'language', u.language, 'since', u.created_at,
     'order_count', (select count(*) from mine where customer_id = u.id and status <> 'cancelled'),
     'spent', coalesce((select json_agg(json_build_object('currency', currency, 'minor', minor)) from (
        select currency, sum(total_minor) as minor from mine where customer_id = u.id and status <> 'cancelled' group by 1) s), '[]'::json),
     'handles', coalesce((select json_agg(json_build_object('kind', h.kind, 'value', h.value, 'label', h.label, 'channel', h.channel,
        'strength', h.strength, 'refuses', (select coalesce(json_agg(r.scope order by r.scope), '[]'::json) from refusal r
          where r.workspace_id = $1 and r.refused
            and r.handle_hash = encode(sha256(convert_to(h.kind || '|' || h.value, 'UTF8')), 'hex'))) order by h.created_at)
        from handle h where h.workspace_id = $1 and h.customer_id = u.id), '[]'::json))
   from customer u join c on u.id = c.customer_id where u.workspace_id = $1) as customer,
  coalesce((select json_agg(json_build_object('id', o.id, 'cases', (
       select coalesce(json_agg(json_build_object('id', a.id, 'external_id', a.external_id, 'kind', a.kind, 'open', a.open,
         'title', a.title, 'detail', a.detail, 'respond_by', a.respond_by, 'url', a.url) order by a.open desc, a.created_at desc, a.id),
         '[]'::json)
       from channel_case a where a.workspace_id = $1 and a.connection_id = o.connection_id and a.order_ref = o.external_id),
     'channel', o.channel, 'connection_id', o.connection_id,
     'external_id', o.external_id, 'number', o.number, 'status', o.status, 'placed_at', o.placed_at, 'currency', o.currency,
     'total_minor', o.total_minor, 'ship_by', o.ship_by, 'shipped_at', o.shipped_at, 'tracking', o.tracking,
     'carrier', o.carrier, 'ship_to', o.ship_to, 'version', o.version, 'lines', (
        select coalesce(json_agg(json_build_object('sku', v.sku, 'external_sku', l.external_sku, 'title', coalesce(v.title, l.title),
          'quantity', l.quantity, 'cancelled', l.cancelled, 'price_minor', l.price_minor, 'picture', coalesce(v.picture, ''),
          'variant_id', l.variant_id) order by l.position), '[]'::json)
        from order_line l left join variant v on v.workspace_id = l.workspace_id and v.id = l.variant_id
        where l.workspace_id = $1 and l.order_id = o.id)) order by o.placed_at desc, o.id desc) from shown o), '[]'::json) as orders,
  coalesce((select json_agg(s) from (
     select v.id as variant_id, v.sku, v.title, v.picture, sum(b.on_hand - b.reserved - b.unavailable)::int as available,
       sum(b.reserved)::int as reserved
     from balance b join variant v on v.workspace_id = b.workspace_id and v.id = b.variant_id
     where b.workspace_id = $1 and b.variant_id in (
       select l.variant_id from order_line l join shown o on o.id = l.order_id where l.workspace_id = $1)
     group by v.id, v.sku, v.title, v.picture order by v.sku limit 12) s), '[]'::json) as stock,
  coalesce((select json_agg(e) from (
     select x.id, x.number, x.channel, x.subject, x.preview, x.last_activity_at as at, x.status
     from conversation x join c on x.customer_id = c.customer_id
     where x.workspace_id = $1 and x.id <> $2 and x.merged_into is null order by x.last_activity_at desc limit 8) e), '[]'::json) as earlier
"""

OWN_PICTURES = """
select id, ref from attachment where workspace_id = $1 and message_id = $2 and ref <> ''
"""
