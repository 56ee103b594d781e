function Account:new() return {} end
