-- A policy of three phases, as mail modules commonly are: who sends, what is in the headers, which binding.
require("msys.core")
require("msys.extended.message")

local mod = {}

function mod:validate_mailfrom(str, ac, vctx)
  local domain = vctx:get(msys.core.VCTX_MESS, "mailfrom_domain")
  vctx:set(msys.core.VCTX_MESS, "class", domain == "news.example.com" and "bulk" or "other")
  return msys.core.VALIDATE_CONT
end

function mod:validate_data_spool_each_rcpt(msg, ac, vctx)
  local subject = msg:header("Subject")
  if subject[1] == nil then
    vctx:set_code(550, "5.6.0 no subject")
    return msys.core.VALIDATE_DONE
  end
  msg:header("X-Class", msg:context_get(msys.core.ECMESS_CTX_MESS, "class"))
  return msys.core.VALIDATE_CONT
end

function mod:validate_set_binding(msg)
  if msg:context_get(msys.core.ECMESS_CTX_MESS, "class") == "bulk" then
    msg:binding("bulk")
  end
  return msys.core.VALIDATE_CONT
end

msys.registerModule("three_phases", mod)
