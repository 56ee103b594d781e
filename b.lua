local os = {}
function os.is_host() end
return os
